//! Clients that were not written here.

use crate::{
    fake::Fake,
    tools::{self, run},
};
use node::{NodeId, Refusal, systems::sharded_groups};
use std::{path::Path, process::Command};

/// Runs curl and prints what came, and the status.
async fn curl(arguments: &[&str]) -> String {
    let mut command = Command::new("curl");
    command.args(["--silent", "--max-time", "20", "--write-out", "%{http_code} %{http_version}"]);
    command.args(arguments);
    run(command).await
}

#[tokio::test]
async fn curl_speaks_http_1_and_2() {
    if !tools::curl() {
        return;
    }
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let url = format!("http://{}/kv/a", served.at);
    let put = ["--request", "PUT", "--data", "grüße", &url];
    assert_eq!(curl(&put).await, "{\"key\":\"a\",\"previous\":null,\"version\":1}\n200 1.1");
    let get = "{\"key\":\"a\",\"value\":\"grüße\",\"version\":1}\n";
    assert_eq!(curl(&[&url]).await, format!("{get}200 1.1"));
    assert_eq!(curl(&["--http2-prior-knowledge", &url]).await, format!("{get}200 2"));
    // Some curls print 1 in place of 1.0.
    assert_eq!(curl(&["--http1.0", &url]).await.trim_end_matches(".0"), format!("{get}200 1"));
    assert_eq!(curl(&["--http2", &url]).await, format!("{get}200 1.1"), "no upgrade is offered");
    assert_eq!(curl(&["--head", "--output", "/dev/null", &url]).await, "200 1.1");
    fake.with(|state| state.lies = true);
    assert!(!curl(&[&url]).await.contains("grüße"), "curl shows what the node says");

    let page = ["--output", "/dev/null", "--request", "PUT", "--data", "1", &url, "--header"];
    for (origin, status) in [("http://example.org", "403"), (&url[..url.len() - 5], "200")] {
        let origin = format!("Origin: {origin}");
        let said = curl(&[&page[..], &[&origin]].concat()).await;
        assert_eq!(said, format!("{status} 1.1"), "{origin}");
    }

    fake.refuses(Refusal::NotLeader { leader: Some(NodeId::new(2)) });
    let follow = ["--location", "--output", "/dev/null", "--request", "PUT", "--data", "1", &url];
    assert_eq!(curl(&follow).await, "421 1.1", "a 421 is not followed blindly");
}

#[tokio::test]
async fn curl_sends_much_or_is_stopped() {
    if !tools::curl() {
        return;
    }
    let fake = Fake::of("raft");
    let served = fake.serve().await;
    let url = format!("http://{}/kv/a", served.at);
    let folder = tempfile::tempdir().unwrap();
    for (bytes, expected) in [(1 << 20, "200 1.1"), ((1 << 20) + 1, "413 1.1")] {
        let file = folder.path().join("value");
        std::fs::write(&file, "v".repeat(bytes)).unwrap();
        let file = format!("@{}", file.display());
        let quiet = ["--output", "/dev/null", "--request", "PUT"];
        for header in ["Expect: 100-continue", "Transfer-Encoding: chunked"] {
            let rest = ["--header", header, "--data-binary", &file, &url];
            assert_eq!(curl(&[&quiet[..], &rest].concat()).await, expected, "{header}");
        }
    }
    assert_eq!(fake.holds("a").unwrap().len(), 1 << 20);
}

const PYTHON: &str = r#"
import http.client, json, sys
connection = http.client.HTTPConnection(sys.argv[1], timeout=20)
def ask(method, path, body=None, headers={}):
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    print(method, path, reply.status, reply.headers.get("Seedbed-Leader"), text.strip())
    return text
json_body = {"Content-Type": "application/json"}
ask("POST", "/put", json.dumps({"key": "key1", "value": "v1"}), json_body)
assert json.loads(ask("GET", "/get/key1")) == {"key": "key1", "value": "v1", "version": 1, "node": "n1"}
ask("GET", "/get/none")
ask("HEAD", "/kv/key1")
ask("PUT", "/kv/key1", iter([b"in ", b"chunks"]))
ask("GET", "/kv/key1")
ask("POST", "/put", "{}", json_body)
ask("DELETE", "/put")
"#;

#[tokio::test]
async fn pythons_http_client_keeps_one_connection() {
    let Some(python) = tools::python() else {
        return;
    };
    let fake = Fake::of("sync-leader");
    let served = fake.serve().await;
    let script = || {
        let mut command = Command::new(&python);
        command.args(["-c", PYTHON, &served.at.to_string()]);
        command
    };
    let printed = run(script()).await;
    let expected = [
        r#"POST /put 200 None {"status":"ok","version":1}"#,
        r#"GET /get/key1 200 None {"key":"key1","node":"n1","value":"v1","version":1}"#,
        r#"GET /get/none 404 None {"detail":"Key not found"}"#,
        r#"HEAD /kv/key1 200 None "#,
        r#"PUT /kv/key1 200 None {"key":"key1","previous":"v1","version":2}"#,
        r#"GET /kv/key1 200 None {"key":"key1","value":"in chunks","version":2}"#,
    ];
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines[..6], expected, "{printed}");
    assert!(lines[6].starts_with("POST /put 422") && lines[7].starts_with("DELETE /put 405"));
    // What the script asserts would fail before a node that lies.
    fake.with(|state| state.lies = true);
    let mut lied_to = script();
    let ran = tokio::task::spawn_blocking(move || lied_to.output().unwrap()).await.unwrap();
    assert!(!ran.status.success());
}

/// Has Python generate its own code from a `.proto` file and run a script with it.
async fn grpc(proto: &str, served: &crate::fake::Served, script: &str) -> Option<String> {
    let python = tools::grpc_python()?;
    let folder = tempfile::tempdir().unwrap();
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let mut generate = Command::new(&python);
    generate.args(["-m", "grpc_tools.protoc", "--python_out=.", "--grpc_python_out=."]);
    generate.arg(format!("--proto_path={}", protos.display())).arg(format!("{proto}.proto"));
    run({
        generate.current_dir(folder.path());
        generate
    })
    .await;
    let begin = format!(
        "import grpc, sys\nimport {proto}_pb2 as m, {proto}_pb2_grpc as g\n\
         channel = grpc.insecure_channel(sys.argv[1])\n\
         def attempt(call, message):\n    \
             try: return repr(call(message, timeout=20)).strip()\n    \
             except grpc.RpcError as e: return e.code().name, e.details(), dict(e.trailing_metadata()).get('seedbed-leader')\n"
    );
    let mut command = Command::new(&python);
    command.current_dir(folder.path()).env("PYTHONPATH", ".");
    command.args(["-c", &(begin + script), &served.at.to_string()]);
    Some(run(command).await)
}

#[tokio::test]
async fn pythons_grpc_speaks_to_the_durable_store() {
    let fake = Fake::of("durable-eventual");
    let served = fake.serve().await;
    let script = "
s = g.KeyValueStoreStub(channel)
print(repr(s.Put(m.KeyValue(key='test', value='hello')).old_value))
print(repr(s.Put(m.KeyValue(key='test', value='grüße')).old_value))
print(s.Get(m.Key(key='test')).value)
print(attempt(s.Get, m.Key(key='none')))
print(s.ListKeys(m.Empty()).keys)
print(attempt(s.Put, m.KeyValue(key='k' * 129, value='v'))[:2])
print(attempt(s.Put, m.KeyValue(key='k', value='v' * 2049))[:2])
print(s.Ping(m.Empty()).message, s.Backup(m.Empty()).success)
s.Delete(m.Key(key='test'))
print(s.ListKeys(m.Empty()).keys)
futures = [s.Put.future(m.KeyValue(key='k%d' % n, value=str(n))) for n in range(100)]
print(len([f.result() for f in futures]))
";
    let Some(printed) = grpc("durable_eventual", &served, script).await else {
        return;
    };
    let expected = [
        "''",
        "'hello'",
        "grüße",
        "('NOT_FOUND', 'the key is absent', None)",
        "['test']",
        "('INVALID_ARGUMENT', 'a key has at most 128 bytes')",
        "('INVALID_ARGUMENT', 'a value has at most 2,048 bytes')",
        "pong True",
        "[]",
        "100",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    assert_eq!(fake.holds("k99").as_deref(), Some("99"));
}

#[tokio::test]
async fn pythons_grpc_speaks_to_the_peers() {
    let fake = Fake::of("peer-to-peer");
    fake.with(|state| state.handed = Some(Vec::new()));
    let served = fake.serve().await;
    let script = "
s = g.KVStoreStub(channel)
print(s.Put(m.PutRequest(key='a', value='1')).success)
r = s.Get(m.GetRequest(key='a')); print(r.value, r.found)
r = s.Get(m.GetRequest(key='b')); print(repr(r.value), r.found)
print(s.Delete(m.DeleteRequest(key='a')).success, s.Delete(m.DeleteRequest(key='a')).success)
print(s.Replicate(m.ReplicateRequest(key='a', value='2', operation='PUT')).success)
r = s.HealthCheck(m.HealthCheckRequest()); print(r.healthy, r.status)
missing = channel.unary_unary('/kvstore.KVStore/Nothing')
print(attempt(missing, b'')[0])
print(attempt(channel.unary_unary('/other.Service/Get'), b'')[0])
print(attempt(s.Put, m.PutRequest(key='a', value='v' * (3 << 20)))[0])
";
    let Some(printed) = grpc("peer_to_peer", &served, script).await else {
        return;
    };
    let expected = [
        "True",
        "1 True",
        "'' False",
        "True False",
        "True",
        "True healthy",
        "UNIMPLEMENTED",
        "UNIMPLEMENTED",
        "OUT_OF_RANGE",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn pythons_grpc_is_told_who_leads() {
    let fake = Fake::of("async-leader");
    let served = fake.serve().await;
    let script = "
s = g.KVStoreStub(channel)
print(attempt(s.Put, m.PutRequest(key='999', value='GhostData')))
print(repr(attempt(s.Get, m.GetRequest(key='999'))))
";
    let Some(printed) = grpc("async_leader", &served, script).await else {
        return;
    };
    assert_eq!(printed, "success: true\n'value: \"GhostData\"'\n");
    fake.refuses(Refusal::NotLeader { leader: Some(NodeId::new(2)) });
    let printed = grpc("async_leader", &served, script).await.unwrap();
    let says = "('FAILED_PRECONDITION', 'not the leader: ask n2 at 127.0.0.1:7002', \
        'n2 127.0.0.1:7002')";
    assert_eq!(printed.lines().next(), Some(says));
}

#[tokio::test]
async fn netcat_replicates_in_plain_text() {
    if !tools::netcat() {
        return;
    }
    let fake = Fake::of("sharded-groups");
    fake.with(|state| state.handed = Some(Vec::new()));
    let served = fake.serve().await;
    let mut command = Command::new("sh");
    let (host, port) = (served.at.ip(), served.at.port());
    command
        .arg("-c")
        .arg(format!("printf 'REPLICATE|user1|Alice|1\\n' | nc -N -w 5 {host} {port}"));
    assert_eq!(run(command).await, "");
    let handed = fake.with(|state| state.handed.take().unwrap());
    let message: sharded_groups::Message = postcard::from_bytes(&handed[0]).unwrap();
    assert_eq!(message.to_string(), "replicate REPLICATE|user1|Alice|1");
}
