//! The file format of scenarios, field by field.
//!
//! A scenario is a TOML file. This one is complete:
//!
//! ```
//! # let text = r#"
//! name = "my-scenario"
//! title = "A follower misses a write"
//!
//! [phases]
//! run = "5s"
//!
//! [[step]]
//! at = "1s"
//! do = { isolate = "n2" }
//!
//! [[step]]
//! at = "2s"
//! do = { put = { key = "999", value = "GhostData", to = "leader" } }
//!
//! [expect.async-leader]
//! holds = ["durability"]
//! violated = ["convergence"]
//! # "#;
//! # scenarios::Scenario::parse("my-scenario.toml", text, node::systems::all()).unwrap();
//! ```
//!
//! Where nothing else is said, a field may be left out. A field that does not
//! exist is a mistake, and so is a value out of range.
//!
//! # Values
//!
//! | kind | written | range |
//! |---|---|---|
//! | time | `"500us"`, `"20ms"`, `"1s 500ms"`, `"1.5s"` | 0 to 365 days, in whole nanoseconds |
//! | signed time | `"-10s"`, `"10s"` | either way up to 365 days |
//! | share | `0.05` | 0 to 1 |
//! | factor | `10.0`: ten times as long | above 1, at most 1,000,000 |
//! | target | `"n2"`, or a role: `"leader"`, `"follower"`, `"any"`, `"all"`, `"majority"`, `"minority"`, or a zone: `"east"`; or several: `["n1", "east"]` | a node that the cluster has |
//!
//! Nodes are called `n1`, `n2`, and so on; `n1` leads where a leader is configured.
//! Roles are resolved when the step strikes. `follower` and `any` are one node each, drawn by the
//! seed. `majority` is the fewest nodes that outnumber the others, the leader among them, and
//! `minority` is those left over; who they are is drawn too. `follower` and `majority` need at
//! least 2 nodes, and `minority` needs 3: of 2 nodes a majority leaves none over.
//!
//! A list of targets is as many steps, each of which must touch something. Of two targets, as in
//! `one-way`, every link from the one to the other is meant: `{ from = "all", to = "east" }`.
//!
//! # Top level
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `name` | lower-case words joined by hyphens | required |
//! | `title` | what the scenario shows, in one line | required |
//! | `watch` | what to watch for, in two sentences | empty |
//! | `shows` | the properties that `title` and `watch` say are violated | `[]`: they say nothing that a run could refute |
//! | `source` | the document it comes from | none |
//! | `schema` | the version of this format, 1 to 2: a file of a newer one is refused by its number | not said |
//! | `seed` | the seed that it runs with where none is named, and the first of several; one of more than 63 bits in quotes | 0 |
//! | `on` | the system that it runs on where none is named | that of the document, or the expected one that stands first |
//! | `fixed-in` | the version since which what it `shows` is mended: then that must hold | not mended |
//!
//! # `[cluster]`
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `nodes` | how many, 1 to 1000, and at least as many as each expected system needs | 3 |
//! | `service_time` | how long a node is busy with one event, a latency as below that may be `"0s"` | `"50us"` |
//! | `wake_up` | how long a node that had nothing to do takes before it begins, without a core meanwhile, a latency as below | at once |
//! | `cores` | how many nodes are at work at a time, 1 to 1000; clients that cost time count too | each has a core of its own |
//! | `boot` | how long a node that is started again takes before it reads its disk and listens | `"0s"` |
//! | `late` | nodes that are not there until a step `start`s them: names in a list, or a zone | `[]` |
//!
//! `late` names nodes that are not there at the start, but for `n1`: the others know of them, and clients may try them.
//!
//! `[cluster.service]` states how long a node is busy with one event of a kind: `request`, `message`, `timer` or
//! `sync` (a sync has reached the platter), each a latency as below that may be `"0s"`. What it leaves out, health checks
//! and changes of the membership take the `service_time`.
//!
//! Nodes that share `cores` wait for one, first come, first served, and of two that come at one moment the node of the lower
//! name goes first, nodes before clients. A core is taken for one event and given back; a node that waits for its disk takes none.
//!
//! `[cluster.clocks.n2]`, for a node whose clock is off from the start:
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `offset` | signed time by which it is ahead of simulated time | `"0s"` |
//! | `drift_ppm` | how much faster it runs, in parts per million; above -1,000,000, at most 1,000,000 | 0 |
//!
//! # `[system]`
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `flaws` | the flaws that are switched on, by name | `[]` |
//! | any setting's name | its value, of the same kind as the setting's default | the system's |
//!
//! A flaw or setting must be known to at least one of the expected systems; the others go without.
//! A flaw for one system alone is named in its `[expect.<system>]`. Each expected system must be
//! able to run with the settings, all taken together, in a cluster of this size: `quorum` refuses
//! to wait for more answers than a key has replicas.
//!
//! ## `[system.next]`
//!
//! Flaws and settings, as above, of a node that a step has upgraded: they stand in place of those
//! of `[system]`, so that two versions of a system talk to each other. A version of a store is what
//! its settings make of it; an author who has two names a setting for them.
//!
//! # `[disk]`
//!
//! The nodes' disks, all alike.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `sync` | how long a sync takes to reach the platter, a latency as below | `"500us"` |
//! | `read` | how long a read takes, a latency as below | no time: all is in the page cache |
//! | `bytes_per_second` | how many bytes a second are read and synced, 1 to 1,000,000,000,000 | their number costs nothing |
//!
//! A node is busy while it reads, and while it waits for a sync. A sync that it waits for within
//! one event reaches the platter when its time is over, and what the node does after it within
//! that event is done only then: a power loss or a crash meanwhile finds it undone. Before the run
//! begins, nodes start in no time.
//!
//! # `[network]`
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `dead` | what becomes of a request to a node that is down: `"refused"`, or `"lost"` without a word | `"refused"` |
//!
//! `[network.nodes]` describes the links between nodes, `[network.clients]` those between
//! clients and nodes, both ways, and each `[[network.link]]` one directed link between nodes
//! that differs from `[network.nodes]` in what it states:
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `from`, `to` | for `[[network.link]]` only: two nodes | required |
//! | `latency` | how long a message takes, see below | `{ lognormal = { median = "500us", p99 = "2ms" } }` |
//! | `loss` | the share of messages lost | 0 |
//! | `duplicate` | the share of messages that arrive twice | 0 |
//! | `order` | `"fifo"`, or `"free"`: messages may overtake each other | `"fifo"` |
//! | `bytes_per_second` | how many bytes a second go in at the sender's end, one message after the other, 1 to 1,000,000,000,000; a message has as many bytes as its text in a trace | the size of a message costs nothing |
//!
//! `from` and `to` may name several nodes, a zone or `"all"`: then every link from the one to the other is described.
//!
//! A latency is one of these; all times are above zero, but for `min` and quantiles:
//!
//! - `"500us"`, or `{ constant = "500us" }`: always the same;
//! - `{ uniform = { min = "1ms", max = "5ms" } }`: every value between two is as likely;
//! - `{ exponential = { mean = "1ms" } }`;
//! - `{ lognormal = { median = "500us", p99 = "2ms" } }`: half are below the one, 99 of 100 below the
//!   other, which is not the lesser one;
//! - `{ quantiles = { p0 = "60us", p50 = "80us", "p99.9" = "1ms", p100 = "4ms" } }`: as it was measured, with straight lines
//!   between the quantiles. `p0` and `p100` are required, times may be nothing, and 1001 quantiles are the most.
//!
//! # `[zones.<name>]`
//!
//! Nodes and clients that are near each other, as in one datacentre.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `nodes` | the nodes in it: `["n1", "n2"]`, `["n1..n3"]`, or how many of those that are left | `[]` |
//! | `clients` | the client sessions near it, in the same ways: `["c1..c4"]`, `4`; `c0` carries out steps | `[]` |
//!
//! A node is in one zone at most, a client near one zone at most. Links within a zone, and those of
//! whoever is in none, are as `[network.nodes]` and `[network.clients]` say. `[network.between]`
//! describes those that lead from one zone to another, of nodes and clients alike:
//!
//! ```toml
//! [network.between]
//! "east <-> west" = "40ms"                             # both ways: the latency,
//! "east -> west" = { latency = "45ms", loss = 0.001 }  # one way: the fields of a link
//! ```
//!
//! What it does not state of a link is as within a zone. What it says of one way goes before what it
//! says of both, and a `[[network.link]]` goes before either in what it states.
//!
//! A zone's name is a target: its nodes. On a side of a `partition` it is its nodes and the clients near it, but for
//! nodes that stand on a side by themselves; `clients` are then all others. `isolate` cuts a zone
//! off as a whole. The route `"nearest"` leads clients to their own zone.
//!
//! # `[balancer]`
//!
//! The load balancer that stands before the nodes if the workload's route is `"balanced"`. It asks
//! each node at intervals whether it is well, over links like those of clients, and deals
//! requests in turn to the nodes that said so the last time they were asked; if there is none, to all.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `every` | the time between two checks of a node, above zero | `"1s"` |
//! | `timeout` | a check without an answer for so long has failed, above zero | `"500ms"` |
//!
//! # `[workload]`
//!
//! What clients do all the while. Without this section they do nothing but the operations
//! among the steps.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `clients` | how many sessions, 1 to 100,000 | required |
//! | `think` | closed loop: the time between an operation's end and the session's next one | `"0s"` |
//! | `rate` | open loop instead: operations begun a second over all sessions, above 0, at most 1,000,000 | none: closed loop |
//! | `start`, `stop` | from when until when operations are begun, within the run | `"0s"`, the run's end |
//! | `operations` | the most operations in all, at least 1 | no limit |
//! | `mix` | weights, 0 to 1,000,000,000, not all 0, of `put`, `get`, `delete`, `list-keys`, `compare-and-set`, and of the updates below | `{ put = 0.5, get = 0.5 }` |
//! | `ycsb` | a core workload of YCSB by its letter, `"a"` to `"f"`, in place of `mix`, see below | none |
//! | `numbers` | `{ initial = 0, amount = 1, overdraft = false, by = "put" }`: how `add` and `transfer` change numbers, see below | as shown, but for `by` |
//! | `trace` | a table of operations, by its path from the folder of the scenario, see below | none |
//! | `keys` | `{ count = 100, choice = "uniform" }`, see below | as shown |
//! | `reads`, `writes` | the node each goes to: `"leader"`, `"any"`, `"sticky"`, see below, or a node: `"n2"`, `{ node = "n2" }` | `"leader"` |
//! | `timeout` | how long an attempt may take, above zero | `"1s"` |
//! | `attempts` | attempts at one operation, 1 to 100 | 1 |
//! | `backoff` | the pause before the second attempt; each later one is twice as long | `"100ms"` |
//! | `client_time` | how long a client is busy before each request, and again with each answer, a latency that may be `"0s"`; it takes one of the `cores` meanwhile, if there are any | no time |
//!
//! | route | the node that an operation goes to |
//! |---|---|
//! | `"leader"` | the one that the client believes to lead; when it fails, the next one |
//! | `"any"` | one that is drawn anew each time |
//! | `"sticky"` | one that is drawn once |
//! | `"round-robin"` | each in turn, whatever its state |
//! | `"balanced"` | whichever the load balancer picks, see `[balancer]` |
//! | `"failover"` | the first; when it fails, the next one |
//! | `"hash-ring"` | the one that the key belongs to on a hash ring of all nodes; when it fails, the next one |
//! | `"nearest"` | one of the zone that the client is near; when it fails, the next one there, then those of other zones |
//!
//! A client that is refused and told who leads tries there next, unless its route is a node.
//!
//! Every expected system must offer the operations of the mix. `count` is 1 to 10,000,000; `choice` is one of:
//!
//! - `"uniform"`: all keys alike;
//! - `{ zipfian = { exponent = 0.99 } }`: the k-th most popular key in proportion to
//!   1 / k^exponent, 0 to 100;
//! - `{ hot-cold = { hot = 0.1, share = 0.9 } }`: the share `hot` of all keys (above 0, below 1)
//!   gets the share `share` of operations;
//! - `{ latest = { exponent = 0.99 } }`: the k-th latest key in proportion to 1 / k^exponent; `insert` makes later ones.
//!
//! An update is made of several operations of the store, one after the other by one client; `think`
//! is the pause after the last of them.
//!
//! | update | what a client does |
//! |---|---|
//! | `add` | reads a key, and writes its number back with 1 to `amount` added |
//! | `transfer` | takes 1 to `amount` from one key in this way, and when that is acknowledged adds it to another |
//! | `read-modify-write` | reads a key, and then puts a value there, whatever it has read |
//! | `insert` | puts a key that nobody has written: the one after the last |
//!
//! An absent key counts as `initial`. Numbers are written back by `by`: `"compare-and-set"`, up to 20 times if others
//! are faster, or `"put"`, which overwrites what others have written since the read; by default as the
//! system has it. Without `overdraft` nothing is taken from a key that was read to hold less. No store here
//! has transactions: a client that hears nothing after the first half of a transfer leaves it at that, as
//! the end of the run does. Updates but for `insert` need a closed loop.
//!
//! `ycsb` names a workload of the Yahoo! Cloud Serving Benchmark; keys are 1000 and their choice is
//! `zipfian` with exponent 0.99 unless `keys` says otherwise. Nothing is loaded beforehand: a key is absent until
//! it is written.
//!
//! | letter | mix |
//! |---|---|
//! | `"a"` | `{ get = 0.5, put = 0.5 }` |
//! | `"b"` | `{ get = 0.95, put = 0.05 }` |
//! | `"c"` | `{ get = 1 }` |
//! | `"d"` | `{ get = 0.95, insert = 0.05 }`, keys by `latest` |
//! | `"e"` | refused: no store here can scan |
//! | `"f"` | `{ get = 0.5, read-modify-write = 0.5 }` |
//!
//! `operation` lists the operations one by one in place of `start`, `stop`, `operations`, `mix` and
//! `keys`: nothing is drawn then. Each is a table, as under `[[workload.operation]]`:
//!
//! ```toml
//! operation = [
//!     { at = "1s", client = "c1", do = { put = { key = "a", value = "x" } }, to = "n1" },
//!     { at = "2s", client = "c2", do = { get = { key = "a" } }, to = ["n2", "n3"] },
//! ]
//! ```
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `at` | without `rate`: begun then, or once its client is free and has paused, if that is later; with `rate`: due then | required |
//! | `client` | whose it is: `c1` to as many as there are | required |
//! | `do` | `{ put = { key, value } }`, `{ get = { key } }`, `{ delete = { key } }`, `"list-keys"`, or `{ compare-and-set = { key, expected, new } }` | required |
//! | `to` | the nodes that its attempts go to, one after the other | by its route |
//! | `route` | where its other attempts go | the workload's |
//! | `timeout`, `attempts`, `backoff` | how it is tried | as the workload says |
//! | `think` | the pause before it, where there is no `rate` | the workload's |
//!
//! `trace` is such a list as comma-separated values, which a first line names:
//!
//! ```csv
//! time,client,operation,key,value
//! 0.25,c1,put,a,x
//! 300ms,c2,get,a,
//! ```
//!
//! Columns may stand in any order; `time`, `client` and `operation` must be there, and `expected` is what a
//! compare-and-set expects. A time without a unit is in seconds. `read`, `write`, `update`, `insert` and
//! `remove` are other words for `get`, `put` and `delete`. A mistake is told with its line and column.
//!
//! # `[nemesis]`
//!
//! Random faults, drawn from the seed before the run.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `start`, `stop` | from when until when they strike, within the run | `"0s"`, the run's end |
//!
//! Each `[[nemesis.fault]]`, of which there is at least one:
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `kind` | what strikes, see below | required |
//! | `per_minute` | how many strike a minute on average, 0.000001 to 6,000 | required |
//! | `lasts` | the shortest and the longest time one lasts, above zero | `["1s", "3s"]` |
//! | `links` | for `reorder`, `loss` and `duplicate`: which links they strike, `"nodes"`, `"clients"`, `"all"` or `"between-zones"` | `"nodes"` |
//! | `reads` | for `disk-errors`: whether reads fail too | `false` |
//!
//! Each fault ends of itself and ends nothing but itself, whatever else stands: see `lasts` under
//! `[[step]]`.
//!
//! | kind | what strikes | nodes it needs |
//! |---|---|---|
//! | `crash` | a node crashes, and restarts afterwards | 1 |
//! | `power-loss` | a node loses its power, and restarts afterwards | 1 |
//! | `pause` | a node stands still | 1 |
//! | `slow-node` | a node is slow, by a factor of 2 to 50 | 1 |
//! | `clock-jump` | a node's clock jumps by up to 10 s, either way, and back afterwards | 1 |
//! | `partition` | the nodes are split into two sides | 2 |
//! | `isolate` | one node is cut off from the others | 2 |
//! | `bridge` | the nodes are split into two halves that only one node bridges | 3 |
//! | `one-way` | one directed link is cut | 2 |
//! | `flapping-link` | a link fails and recovers every 20 to 500 ms | 2 |
//! | `slow-link` | one directed link is slow, by 10 to 500 ms | 2 |
//! | `delay-spike` | every link is slow, by 10 to 500 ms | 2 |
//! | `reorder` | messages overtake each other, by up to 10 to 200 ms | 2 |
//! | `loss` | every link loses 5 to 30 of 100 messages | 2 |
//! | `duplicate` | every link doubles 5 to 30 of 100 messages | 2 |
//! | `slow-disk` | a node's disk is slow, by a factor of 2 to 100 | 1 |
//! | `full-disk` | a node's disk is full | 1 |
//! | `disk-errors` | a node's disk fails 5 to 50 of 100 writes and syncs | 1 |
//! | `bit-rot` | a few bits on a node's platter flip, and stay as they are | 1 |
//! | `membership` | a node leaves the voters, and joins them again; `raft` only | 2 |
//!
//! Of the links of clients there is one even to a single node: with them, `reorder`, `loss` and
//! `duplicate` need no second node.
//!
//! # `[phases]`
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `run` | how long steps and workload run, above zero | required |
//! | `heal` | whether links, clocks, paused and crashed nodes are mended then | `true` |
//! | `settle` | how long the cluster then has before its replicas are read | `"2s"` |
//!
//! # `[properties]`
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `max_staleness` | how old what a read returns may be | `"0s"` |
//! | `min_availability` | the least share of operations that must be answered | 1 |
//! | `max_probe_latency` | how long a write or a read may take once the cluster has healed and settled; zero: nothing is tried | `"5s"` |
//!
//! # `[[invariant]]`
//!
//! What must hold of the values themselves. All of them together are the property `invariants`.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `name` | what it is called, in a few words | required |
//! | `keys` | how many, `10` for `key1` to `key10`, at most 100,000, or which: `["a", "b"]` | those of the workload |
//! | `absent` | what an absent key counts as | `initial` of the workload's `numbers` |
//! | `sum` | what the numbers sum up to in the end, or `"acknowledged"`: what clients were told that they made of it | nothing is said |
//! | `at-least`, `at-most` | what a number is, in the end and whenever it is read | nothing is said |
//! | `check` | a check in Rust, by the name under which the program has registered it (`judge::property::register`) | none |
//!
//! At least one of the last four fields must be there. In the end those are asked who lead, or every replica where nobody does. With
//! `"acknowledged"` a change of which a client does not know whether it took effect may count or not.
//!
//! # `[pins]`
//!
//! What is stated of links and messages in place of what would be drawn. No other draw shifts.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `latency` | how long every message takes, above zero | as drawn |
//! | `link` | directed links whose messages all take the same time: `[{ link = "n1->n2", latency = "1ms" }]` | `[]` |
//! | `message` | single messages: `[{ link = "n1->n2", number = 17, fate = "lost" }]` | `[]` |
//!
//! A link leads from a node to a node, a client or the load balancer, or the other way: `n1->n2`,
//! `c1->n2`, `n2->balancer`. A message is counted among those that its link was given, from 1.
//!
//! | field of a message | meaning | default |
//! |---|---|---|
//! | `fate` | `"lost"`, `"doubled"`, or `"kept"`: it arrives once | `"kept"`; `"doubled"` with `copy_after` |
//! | `after` | how long it takes, above zero; on a link that keeps order it overtakes none | as drawn |
//! | `copy_after` | how long its copy takes | as drawn |
//!
//! # `[[step]]`
//!
//! `at` is a moment of the run and `do` an action. Steps are sorted by moment; those of one
//! moment happen in the order of the file.
//!
//! With an operation, `client` names the session that carries it out: `c0`, or one after those of the
//! workload. Without it, it is one that is idle. `random = true` says that chance drew the step: then
//! it may touch nothing, as chance has it, and that is no defect.
//!
//! | action | what happens |
//! |---|---|
//! | `{ crash = "n2" }` | the process dies: its memory is gone, its disk stays |
//! | `{ power-loss = "n2" }` | the node loses its power: its memory is gone, and of what it wrote and did not sync, any part |
//! | `{ restart = "n2" }` | a node that is down boots again; every crash of it is over |
//! | `{ rolling-restart = { down = "500ms", gap = "1s" } }` | every node crashes and boots, one after the other: each is `down` so long, and all are up for the `gap` |
//! | `{ upgrade = { node = "n2", down = "500ms" } }` | the process dies, and the node boots as `[system.next]` says after being `down` so long |
//! | `{ downgrade = { node = "n2", down = "500ms" } }` | the same, and it boots as `[system]` says |
//! | `{ rolling-upgrade = { down = "500ms", gap = "1s" } }` | every node is upgraded, one after the other: each is `down` so long, and all are up for the `gap` |
//! | `{ pause = "n2" }` | the node stands still; what reaches it waits |
//! | `{ resume = "n2" }` | a paused node goes on; every pause of it is over |
//! | `{ slow-node = { node = "n2", factor = 10.0, lasts = "3s" } }` | the node takes that many times as long for everything, for a while; several at once multiply |
//! | `{ clock-jump = { node = "n2", by = "-10s" } }` | a clock is moved, not by zero |
//! | `{ partition = [["n1", "clients"], ["n2", "n3"]] }` | two or more sides cannot reach each other; who is not named reaches everyone |
//! | `{ isolate = "n3" }` | the node is cut off from other nodes, not from clients |
//! | `{ bridge = "n1" }` | the other nodes are split into two halves, and this one reaches both; one node, so no list, no zone and not `all`, `majority` or `minority` |
//! | `{ one-way = { from = "n1", to = "n2" } }` | `to` no longer hears `from`; the way back stays open; clients are not cut off |
//! | `{ flapping-link = { from = "n1", to = "n2", period = "100ms", lasts = "3s" } }` | a link is cut both ways for a `period`, mended for one, and so on for a while |
//! | `"heal-network"` | every partition, isolation, bridge and one-way cut is undone |
//! | `{ slow-link = { from = "n1", to = "n3", delay = "200ms", lasts = "3s" } }` | a link takes longer for a while |
//! | `{ delay-spike = { delay = "200ms", lasts = "2s" } }` | every link between nodes takes longer for a while |
//! | `{ reorder = { spread = "50ms", lasts = "2s" } }` | messages between nodes take up to `spread` longer for a while, and overtake each other whatever their links promise; `links` as for `loss` |
//! | `{ loss = { share = 0.2, lasts = "2s", links = "all" } }` | every link loses messages for a while: with `links` left out or `"nodes"` those between nodes, with `"clients"` those of clients and the load balancer, with `"all"` both, with `"between-zones"` those that lead from one zone to another |
//! | `{ duplicate = { share = 0.2, lasts = "2s" } }` | every link doubles messages for a while; `links` as for `loss` |
//! | `{ slow-disk = { node = "n2", factor = 10.0, lasts = "3s" } }` | the node's syncs take that many times as long for a while |
//! | `{ full-disk = { node = "n2", lasts = "3s" } }` | the node's disk has no more room for a while: no file grows, and no hole in one is filled |
//! | `{ disk-errors = { node = "n2", share = 0.2, lasts = "3s" } }` | that share of the node's writes and syncs fails for a while; of its reads too with `reads = true` |
//! | `{ bit-rot = "n2" }` | a few bits on the node's platter flip |
//! | `{ join = "n2" }` | whoever leads is asked to let the node vote, until it does; `raft` only |
//! | `{ leave = "n2" }` | whoever leads is asked to let the node vote no longer; healing lets it in again |
//! | `{ start = "n4" }` | a node of `late` boots for the first time; on `raft` whoever leads is asked to let it vote |
//! | `{ retire = "n3" }` | the node leaves for good: on `raft` whoever leads is asked to let it vote no longer; then its process ends, and neither a step nor healing brings it back |
//! | `{ put = { key = "999", value = "GhostData", to = "leader" } }` | a client stores a value |
//! | `{ get = { key = "999", from = "n2" } }` | a client reads a key |
//! | `{ delete = { key = "999", to = "leader" } }` | a client removes a key |
//! | `{ list-keys = { from = "n2" } }` | a client lists the keys |
//! | `{ compare-and-set = { key = "999", expected = "old", new = "new", to = "leader" } }` | a client stores `new` if the key holds `expected`; without `expected`, if the key is absent |
//!
//! `crash`, `power-loss`, `pause`, `clock-jump`, `partition`, `isolate`, `one-way` and `bridge` stand
//! until they are repaired, by a step or by healing, unless the step says for how long they last:
//!
//! ```toml
//! do = { crash = "n2", lasts = "2s" }
//! ```
//!
//! What ends of itself ends itself alone, at its own time. A node that several crashes keep down
//! boots when the last of them is over, and never of itself if one of them has no end; one that is
//! paused more than once goes on after the last pause; cuts and disturbances of links and disks add
//! up. A crash ends the pauses of its node. `restart`, `resume` and `heal-network` end all that
//! stands of their kind, and a fault whose end was to come later is then over.
//!
//! `delay`, `down`, `gap`, `lasts`, `period` and `spread` are times above zero. Faults between nodes
//! need at least 2 nodes, `bridge` needs 3, and every expected system must offer the operations
//! and take their keys and values: `durable-eventual` refuses an empty key, a key of more than
//! 128 bytes and a value of more than 2,048, and `sharded-groups` an empty key.
//!
//! # `[[story]]`
//!
//! A title and a watch-for that the story of a run has in place of the scenario's own, if it came out
//! so. The first that fits is told. Where none does and the run does not violate what `shows` names,
//! the story says that it withstood what the scenario is about. At least one of `violated` and `holds`
//! must be there.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `violated` | properties, all of which the run must have violated | `[]` |
//! | `holds` | properties, all of which must have held in it | `[]` |
//! | `on` | the expected systems that it is told of | all of them |
//! | `title`, `watch` | as at the top level | required |
//!
//! # `[expect.<system>]`
//!
//! What must come of the scenario on a system. On others it runs as well, if they can carry it out,
//! and nothing is expected of them.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `holds` | properties that must hold | `[]` |
//! | `violated` | properties that must be violated: the bug is still there | `[]` |
//! | `flaws` | the system's flaws that are switched on in it alone, beside those of `[system]` | `[]` |
//!
//! A property that is in neither list may go either way; none may be in both. Nothing can be
//! expected of what a system does not have: `state-machine` where no node announces its log, or
//! `no-resurrection` where no key can be deleted.
//!
//! | property | what it promises |
//! |---|---|
//! | `convergence` | after healing and quiet, all replicas hold the same |
//! | `durability` | no acknowledged write is lost from every replica, nor to those who ask the leader |
//! | `staleness` | no read returns what was overwritten longer ago than the bound |
//! | `availability` | enough operations are answered |
//! | `state-machine` | what a system's own invariants demand, such as one leader a term |
//! | `per-key-order` | no session sees a key go back in time: monotonic reads and read-your-writes per session |
//! | `versions` | a value is read under the version that its write was acknowledged with |
//! | `liveness` | after healing, reads and writes are answered within the bound again |
//! | `answers` | an answer is of the kind that was asked for, and says nothing that cannot be |
//! | `linearizability` | each operation takes effect at one moment between its invocation and its answer |
//! | `sequential` | one order of all operations keeps the order of each session and explains every answer |
//! | `causal` | whoever sees a write sees all that it depends on, and all agree on which write is newer |
//! | `read-your-writes` | no session reads what is older than what it has itself written |
//! | `monotonic-reads` | no session reads what is older than what it has read |
//! | `monotonic-writes` | nobody sees the writes of one session out of order |
//! | `writes-follow-reads` | nobody sees a write without what its session had read before |
//! | `no-lost-update` | no acknowledged update is overwritten by one that did not see it |
//! | `no-resurrection` | a deleted key stays deleted until somebody writes it again |
//! | `placement` | every key lies in the group that the hash ring of its time names |
//! | `invariants` | the values keep what the scenario demands of them |
