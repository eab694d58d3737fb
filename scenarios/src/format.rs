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
//! # scenarios::Scenario::parse("my-scenario.toml", text, node::systems::ALL).unwrap();
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
//! | target | `"n2"`, or a role: `"leader"`, `"follower"`, `"any"`, `"all"` | a node that the cluster has |
//!
//! Nodes are called `n1`, `n2`, and so on; `n1` leads where a leader is configured.
//! Roles are resolved when the step strikes; `follower` and `any` are drawn by the seed.
//!
//! # Top level
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `name` | lower-case words joined by hyphens | required |
//! | `title` | what the scenario shows, in one line | required |
//! | `watch` | what to watch for, in two sentences | empty |
//! | `source` | the document it comes from | none |
//!
//! # `[cluster]`
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `nodes` | how many, 1 to 1000, and at least as many as each expected system needs | 3 |
//! | `service_time` | how long a node is busy with one event | `"50us"` |
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
//!
//! A latency is one of these; all times are above zero, but for `min`:
//!
//! - `"500us"`, or `{ constant = "500us" }`: always the same;
//! - `{ uniform = { min = "1ms", max = "5ms" } }`: every value between two is as likely;
//! - `{ exponential = { mean = "1ms" } }`;
//! - `{ lognormal = { median = "500us", p99 = "2ms" } }`: half are below the one, 99 of 100 below the
//!   other, which is not the lesser one.
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
//! | `mix` | weights, 0 to 1,000,000,000, not all 0, of `put`, `get`, `delete`, `list-keys`, `compare-and-set` | `{ put = 0.5, get = 0.5 }` |
//! | `keys` | `{ count = 100, choice = "uniform" }`, see below | as shown |
//! | `reads`, `writes` | the node each goes to: `"leader"`, `"any"`, `"sticky"`, `"round-robin"`, `"failover"`, or a node: `"n2"`, `{ node = "n2" }` | `"leader"` |
//! | `timeout` | how long an attempt may take, above zero | `"1s"` |
//! | `attempts` | attempts at one operation, 1 to 100 | 1 |
//! | `backoff` | the pause before the second attempt; each later one is twice as long | `"100ms"` |
//!
//! Every expected system must offer the operations of the mix. `count` is 1 to 10,000,000; `choice` is one of:
//!
//! - `"uniform"`: all keys alike;
//! - `{ zipfian = { exponent = 0.99 } }`: the k-th most popular key in proportion to
//!   1 / k^exponent, 0 to 100;
//! - `{ hot-cold = { hot = 0.1, share = 0.9 } }`: the share `hot` of all keys (above 0, below 1)
//!   gets the share `share` of operations.
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
//! | `kind` | `crash`, `pause`, `partition`, `isolate`, `one-way`, `slow-link`, `loss`, `duplicate`, `clock-jump` | required |
//! | `per_minute` | how many strike a minute on average, above 0, at most 6,000 | required |
//! | `lasts` | the shortest and the longest time one lasts, above zero | `["1s", "3s"]` |
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
//!
//! # `[[step]]`
//!
//! `at` is a moment of the run and `do` an action. Steps are sorted by moment; those of one
//! moment happen in the order of the file.
//!
//! | action | what happens |
//! |---|---|
//! | `{ crash = "n2" }` | the process dies: its memory is gone, its disk stays |
//! | `{ restart = "n2" }` | a crashed node boots again |
//! | `{ pause = "n2" }` | the node stands still; what reaches it waits |
//! | `{ resume = "n2" }` | a paused node goes on |
//! | `{ partition = [["n1", "clients"], ["n2", "n3"]] }` | two or more sides cannot reach each other; who is not named reaches everyone |
//! | `{ isolate = "n3" }` | the node is cut off from other nodes, not from clients |
//! | `{ one-way = { from = "n1", to = "n2" } }` | `to` no longer hears `from`; the way back stays open |
//! | `"heal-network"` | every partition, isolation and one-way cut is undone |
//! | `{ slow-link = { from = "n1", to = "n3", delay = "200ms", lasts = "3s" } }` | a link takes longer for a while |
//! | `{ loss = { share = 0.2, lasts = "2s" } }` | every link between nodes loses messages for a while |
//! | `{ duplicate = { share = 0.2, lasts = "2s" } }` | every link between nodes doubles messages for a while |
//! | `{ clock-jump = { node = "n2", by = "-10s" } }` | a clock is moved, not by zero |
//! | `{ put = { key = "999", value = "GhostData", to = "leader" } }` | a client stores a value |
//! | `{ get = { key = "999", from = "n2" } }` | a client reads a key |
//! | `{ delete = { key = "999", to = "leader" } }` | a client removes a key |
//! | `{ list-keys = { from = "n2" } }` | a client lists the keys |
//! | `{ compare-and-set = { key = "999", expected = "old", new = "new", to = "leader" } }` | a client stores `new` if the key holds `expected`; without `expected`, if the key is absent |
//!
//! Faults between nodes need at least two nodes, and every expected system must offer the operations.
//!
//! # `[expect.<system>]`
//!
//! What must come of the scenario on a system; at least one system is named.
//!
//! | field | meaning | default |
//! |---|---|---|
//! | `holds` | properties that must hold | `[]` |
//! | `violated` | properties that must be violated: the bug is still there | `[]` |
//!
//! The properties are `convergence`, `durability`, `staleness` and `availability`. One that
//! is in neither list may go either way; none may be in both.
