//! Values out of range or of the wrong kind.

use super::{rejects, rejects_action, rejects_link, rejects_workload};

const TABLE: &str = "write it as `{ field = value }`, or as a section under its own heading";
const EXCHANGE: &str = "exchange the two";
const SHARE: &str = "a share is a part of 1: write 5 of 100 as 0.05";
const UNITS: &str = "write numbers with units, as in \"500us\", \"20ms\" or \"1s 500ms\"";

#[test]
fn numbers_out_of_range() {
    rejects_link("loss = 1.5", "`loss` must be between 0 and 1, not 1.5", SHARE);
    rejects_link("duplicate = nan", "`duplicate` must be between 0 and 1, not nan", SHARE);
    rejects_link("loss = -inf", "`loss` must be between 0 and 1, not -inf", SHARE);
    rejects(
        "[properties]\nmin_availability = 99\n",
        "`min_availability` must be between 0 and 1, not 99",
        SHARE,
    );
    rejects_action(
        "{ loss = { share = -0.1, lasts = \"1s\" } }",
        "`share` must be between 0 and 1, not -0.1",
        SHARE,
    );
    rejects_action(
        "{ disk-errors = { node = \"n2\", share = 2, lasts = \"1s\" } }",
        "`share` must be between 0 and 1, not 2",
        SHARE,
    );
    for (fault, factor) in
        [("slow-node", "1.0"), ("slow-disk", "0"), ("slow-node", "1000001"), ("slow-disk", "nan")]
    {
        rejects_action(
            &format!("{{ {fault} = {{ node = \"n2\", factor = {factor}, lasts = \"1s\" }} }}"),
            &format!("`factor` must be above 1 and at most 1000000, not {factor}"),
            "write how many times as long everything takes, as in `factor = 10.0`",
        );
    }
    rejects(
        "[cluster]\nnodes = 0\n",
        "`nodes` must be between 1 and 1000, not 0",
        "write a number from 1 to 1000",
    );
    rejects(
        "[cluster]\nnodes = 1001\n",
        "`nodes` must be between 1 and 1000, not 1001",
        "write a number from 1 to 1000",
    );
    rejects(
        "[cluster.clocks.n1]\ndrift_ppm = -1e6\n",
        "`drift_ppm` must be above -1000000 and at most 1000000, not -1e6",
        "write parts per million: 100 gains 100 us a second; at -1000000 a clock would stand still",
    );
    rejects(
        "[nemesis]\n[[nemesis.fault]]\nkind = \"crash\"\nper_minute = 0\n",
        "`per_minute` must be between 0.000001 and 6000, not 0",
        "write how many faults strike each minute on average, as in `per_minute = 6.0`",
    );
    for per_minute in ["1e-30", "9e-7", "nan", "inf", "6001"] {
        rejects(
            &format!("[nemesis]\n[[nemesis.fault]]\nkind = \"crash\"\nper_minute = {per_minute}\n"),
            &format!("`per_minute` must be between 0.000001 and 6000, not {per_minute}"),
            "write how many faults strike each minute on average, as in `per_minute = 6.0`",
        );
    }
    rejects_link(
        "bytes_per_second = 0",
        "`bytes_per_second` must be between 1 and 1000000000000, not 0",
        "write a number from 1 to 1000000000000",
    );
    let reads = "kind = \"crash\"\nper_minute = 1\nreads = true\n";
    rejects(
        &format!("[nemesis]\n[[nemesis.fault]]\n{reads}"),
        "`reads` says nothing of the kind `crash`",
        "it goes with `disk-errors`; remove it",
    );
    rejects(
        "[expect.toy]\n[system]\nquorum = -1\n",
        "`quorum` must be at least 0, not -1",
        "write a larger number",
    );
}

#[test]
fn workloads_that_cannot_be() {
    rejects(
        "[workload]\nclients = 0\n",
        "`clients` must be between 1 and 100000, not 0",
        "write a number from 1 to 100000",
    );
    rejects("[workload]\n", "[workload] needs `clients`", "add `clients = 4`");
    rejects_workload(
        "attempts = 0",
        "`attempts` must be between 1 and 100, not 0",
        "write a number from 1 to 100",
    );
    rejects_workload(
        "operations = 0",
        "`operations` must be at least 1, not 0",
        "write a larger number",
    );
    rejects_workload(
        "rate = 0.0",
        "`rate` must be above 0 and at most 1000000, not 0.0",
        "write how many operations begin each second, as in `rate = 200.0`",
    );
    rejects_workload(
        "rate = 10\nthink = \"1s\"",
        "`think` and `rate` exclude each other",
        "keep `rate` for an open loop, or `think` for a closed one",
    );
    rejects_workload(
        "keys = { count = 0 }",
        "`count` must be between 1 and 10000000, not 0",
        "write a number from 1 to 10000000",
    );
    rejects_workload(
        "keys = { choice = { zipfian = { exponent = -0.5 } } }",
        "`exponent` must be between 0 and 100, not -0.5",
        "write 0 for keys that are all alike, 0.99 for the usual skew",
    );
    rejects_workload(
        "keys = { choice = { hot-cold = { hot = 0, share = 0.5 } } }",
        "`hot` must be above 0 and below 1, not 0",
        "a share is a part of 1: write 5 of 100 as 0.05; if all keys are alike, choose \"uniform\"",
    );
    rejects_workload(
        "keys = { choice = \"zipfian\" }",
        "`zipfian` needs to say more",
        "write it as in `{ zipfian = { exponent = 0.99 } }`",
    );
    let weight = "give one operation a weight, as in `mix = { put = 0.3, get = 0.7 }`";
    rejects_workload("mix = {}", "the mix has no operation", weight);
    rejects_workload("mix = { put = 0, get = 0.0 }", "the mix has no operation", weight);
    rejects_workload(
        "mix = { put = -1, get = 1 }",
        "`put` must be between 0 and 1000000000, not -1",
        "write a weight such as 0.3; weights need not sum to 1",
    );
}

#[test]
fn quantiles_of_nothing_that_was_measured() {
    let rejects = |quantiles: &str, message: &str, help: &str| {
        rejects_link(&format!("latency = {{ quantiles = {quantiles} }}"), message, help);
    };
    let ends = "quantiles begin with `p0`, the least, and end with `p100`, the most";
    let add = "add it: nothing is drawn beyond the two";
    rejects("{}", ends, add);
    rejects("{ p0 = \"1ms\" }", ends, add);
    rejects("{ p50 = \"1ms\", p100 = \"2ms\" }", ends, add);
    rejects(
        "{ p0 = \"2ms\", p100 = \"1ms\" }",
        "`p100` must not be less than `p0`",
        "more of all samples are below a higher quantile: put them in order",
    );
    rejects(
        "{ p0 = \"1ms\", p50 = \"1ms\", \"p50.0\" = \"1ms\", p100 = \"1ms\" }",
        "`p50` is said twice",
        "remove one of the two",
    );
    rejects(
        "{ p0 = \"1ms\", median = \"1ms\", p100 = \"1ms\" }",
        "`median` is no quantile",
        "write it as in `p50` or `\"p99.9\"`",
    );
    rejects("{ p0 = \"1 parsec\", p100 = \"1ms\" }", "`1 parsec` is not a length of time", UNITS);
    rejects("[\"1ms\"]", "`quantiles` must be a table, not a list", TABLE);
    let many: Vec<_> = (0..1001).map(|number| format!("\"p0.{number:04}\" = \"1ms\"")).collect();
    let many = format!("{{ {}, p100 = \"1ms\" }}", many.join(", "));
    rejects(
        &many,
        "there can be 1001 quantiles at most, not 1002",
        "keep those of the tail, and every tenth of the others",
    );
}

#[test]
fn cores_and_kinds_of_events_that_do_not_exist() {
    rejects(
        "[cluster]\ncores = 0\n",
        "`cores` must be between 1 and 1000, not 0",
        "write a number from 1 to 1000",
    );
    rejects(
        "[cluster.service]\nrequests = \"1ms\"\n",
        "[cluster.service] has no field `requests`",
        "did you mean `request`?",
    );
}

#[test]
fn times_that_mean_nothing() {
    let positive = |field: &str| {
        (
            format!("`{field}` must be longer than nothing"),
            format!("write a time above zero, as in `{field} = \"500ms\"`"),
        )
    };
    let (message, help) = positive("timeout");
    rejects_workload("timeout = \"0s\"", &message, &help);
    let (message, help) = positive("run");
    rejects("[phases]\nrun = \"0s\"\n", &message, &help);
    let (message, help) = positive("latency");
    rejects_link("latency = \"0s\"", &message, &help);
    let (message, help) = positive("max");
    rejects_link("latency = { uniform = { min = \"0s\", max = \"0s\" } }", &message, &help);
    let (message, help) = positive("mean");
    rejects_link("latency = { exponential = { mean = \"0s\" } }", &message, &help);
    let (message, help) = positive("median");
    rejects_link("latency = { lognormal = { median = \"0s\", p99 = \"1s\" } }", &message, &help);
    let (message, help) = positive("lasts");
    rejects_action("{ loss = { share = 0.5, lasts = \"0s\" } }", &message, &help);
    rejects("[disk]\nsync = \"0s\"\n", &positive("sync").0, &positive("sync").1);
    for (action, field) in [
        ("{ rolling-restart = { down = \"0s\", gap = \"1s\" } }", "down"),
        ("{ rolling-restart = { down = \"1s\", gap = \"0s\" } }", "gap"),
        ("{ slow-node = { node = \"n2\", factor = 2, lasts = \"0s\" } }", "lasts"),
        (
            "{ flapping-link = { from = \"n1\", to = \"n2\", period = \"0s\", lasts = \"1s\" } }",
            "period",
        ),
        ("{ delay-spike = { delay = \"0s\", lasts = \"1s\" } }", "delay"),
        ("{ reorder = { spread = \"0s\", lasts = \"1s\" } }", "spread"),
        ("{ full-disk = { node = \"n2\", lasts = \"0s\" } }", "lasts"),
    ] {
        let (message, help) = positive(field);
        rejects_action(action, &message, &help);
    }
    rejects(
        "[cluster]\nservice_time = \"-1ms\"\n",
        "`service_time` must not be negative",
        "leave out the minus sign",
    );
    rejects(
        "[phases]\nrun = \"2years\"\n",
        "`run` is longer than a year",
        "no time in a scenario may be longer than 365 days",
    );
    rejects_link("latency = \"5 parsecs\"", "`5 parsecs` is not a length of time", UNITS);
    rejects_link("latency = \"\"", "`` is not a length of time", UNITS);
    rejects_link("latency = \"0.1ns\"", "`0.1ns` is not a length of time", UNITS);
    rejects_action(
        "{ clock-jump = { node = \"n1\", by = \"0s\" } }",
        "a jump by nothing moves no clock",
        "write a time, as in `by = \"-10s\"`",
    );
}

#[test]
fn limits_the_wrong_way_round() {
    rejects_link(
        "latency = { uniform = { min = \"2ms\", max = \"1ms\" } }",
        "`max` must not be less than `min`",
        EXCHANGE,
    );
    rejects_link(
        "latency = { lognormal = { median = \"2ms\", p99 = \"1ms\" } }",
        "`p99` must not be less than `median`",
        "99 of 100 take at most `p99`, and half of them at most `median`: raise `p99`",
    );
    let fault = "[nemesis]\n[[nemesis.fault]]\nkind = \"crash\"\nper_minute = 1\n";
    rejects(
        &format!("{fault}lasts = [\"2s\", \"1s\"]\n"),
        "the first time of `lasts` must not be longer than the second",
        EXCHANGE,
    );
    rejects(
        &format!("{fault}lasts = [\"2s\"]\n"),
        "`lasts` must be two times, the shortest and the longest",
        "write it as in `lasts = [\"1s\", \"3s\"]`",
    );
}

#[test]
fn values_of_the_wrong_kind() {
    rejects_workload(
        "timeout = 5",
        "`timeout` must be a length of time, not a whole number",
        "write it as in `timeout = \"500ms\"`",
    );
    rejects_action(
        "{ get = { key = 999, from = \"n2\" } }",
        "`key` must be text in quotes, not a whole number",
        "write it as in `key = \"999\"`",
    );
    rejects(
        "[phases]\nrun = \"1s\"\nheal = \"yes\"\n",
        "`heal` must be true or false, not text",
        "write it as in `heal = true`",
    );
    rejects(
        "[step]\nat = \"1s\"\n",
        "there can be several [[step]], so each needs double brackets",
        "write [[step]] with double brackets",
    );
    rejects_action(
        "{ crash = \"n1\", restart = \"n1\" }",
        "`do` must name one action, not 2",
        "write it as in `do = { crash = \"n2\" }`",
    );
    rejects_action(
        "{ crash = \"n1\", lasts = \"0s\" }",
        "`lasts` must be longer than nothing",
        "write a time above zero, as in `lasts = \"500ms\"`",
    );
    for (action, name) in [
        ("{ restart = \"n1\", lasts = \"1s\" }", "restart"),
        ("{ loss = { share = 0.1, lasts = \"1s\" }, lasts = \"1s\" }", "loss"),
        ("{ bit-rot = \"n1\", lasts = \"1s\" }", "bit-rot"),
    ] {
        rejects_action(
            action,
            &format!("`{name}` takes no `lasts` beside it"),
            "crash, power-loss, pause, clock-jump, partition, isolate, one-way and bridge take it \
             so; what else lasts a while says it within, and the rest is over at once",
        );
    }
    rejects_action(
        "{ crash = \"n1\", pause = \"n1\", lasts = \"1s\" }",
        "`do` must name one action, not 3",
        "write it as in `do = { crash = \"n2\" }`",
    );
    rejects_action(
        "{ loss = { share = 0.1, lasts = \"1s\", links = \"peers\" } }",
        "no kind of links is called `peers`",
        "choose from `nodes`, `clients`, `all` and `between-zones`",
    );
    rejects_action(
        "{ heal-network = {} }",
        "`heal-network` stands alone",
        "write `do = \"heal-network\"`",
    );
    rejects("[[step]]\ndo = { crash = \"n1\" }\n", "[[step]] needs `at`", "add `at = \"2s\"`");
    rejects(
        "[disk]\nsync = 5\n",
        "`sync` must be the name of a latency distribution, or a table, not a whole number",
        "write it as in `sync = { lognormal = { median = \"500us\", p99 = \"2ms\" } }`",
    );
}

#[test]
fn an_upgrade_to_no_version() {
    for (name, carried) in [
        ("upgrade", "{ node = \"n2\", down = \"1s\" }"),
        ("downgrade", "{ node = \"n2\", down = \"1s\" }"),
        ("rolling-upgrade", "{ down = \"1s\", gap = \"1s\" }"),
    ] {
        rejects_action(
            &format!("{{ {name} = {carried} }}"),
            &format!("`{name}` needs another version of the system"),
            "add [system.next] with the flaws and settings of nodes that have been upgraded",
        );
    }
    for section in ["[system.next]\nqorum = 3\n", "[system.next.qorum]\nquorum = 3\n"] {
        rejects(section, "no setting is called `qorum`", "choose from `flaws`");
    }
    rejects("[system.next.next]\n", "no setting is called `next`", "choose from `flaws`");
}

#[test]
fn actions_that_say_too_little() {
    for (name, example) in [
        ("power-loss", "\"n2\""),
        ("bridge", "\"n2\""),
        ("bit-rot", "\"n2\""),
        ("rolling-restart", "{ down = \"500ms\", gap = \"1s\" }"),
        ("upgrade", "{ node = \"n2\", down = \"500ms\" }"),
        ("downgrade", "{ node = \"n2\", down = \"500ms\" }"),
        ("rolling-upgrade", "{ down = \"500ms\", gap = \"1s\" }"),
        ("slow-node", "{ node = \"n2\", factor = 10.0, lasts = \"3s\" }"),
        ("slow-disk", "{ node = \"n2\", factor = 10.0, lasts = \"3s\" }"),
        ("full-disk", "{ node = \"n2\", lasts = \"3s\" }"),
        ("disk-errors", "{ node = \"n2\", share = 0.2, lasts = \"3s\" }"),
        ("flapping-link", "{ from = \"n1\", to = \"n2\", period = \"100ms\", lasts = \"3s\" }"),
        ("delay-spike", "{ delay = \"200ms\", lasts = \"2s\" }"),
        ("reorder", "{ spread = \"50ms\", lasts = \"2s\" }"),
    ] {
        let message = format!("`{name}` needs to say more");
        let help = format!("write it as in `{{ {name} = {example} }}`");
        rejects_action(&format!("{name:?}"), &message, &help);
    }
    rejects_action(
        "{ slow-disk = { node = \"n2\", lasts = \"3s\" } }",
        "`slow-disk` needs `factor`",
        "add `factor = 10.0`",
    );
}
