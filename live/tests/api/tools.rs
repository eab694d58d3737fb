//! Programs that these tests need and that may not be there.

use std::process::{Command, Output};

/// A Python that has the standard library; `None`, and says so, if there is none.
pub(crate) fn python() -> Option<String> {
    have("python3", &["-c", "import http.client"], "install Python 3").then(|| "python3".to_owned())
}

/// A Python that has gRPC and its generator; `None`, and says so, if there is none.
pub(crate) fn grpc_python() -> Option<String> {
    let python = std::env::var("GRPC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mend = "`pip install grpcio-tools`, or set GRPC_PYTHON to a Python that has it";
    have(&python, &["-c", "import grpc, grpc_tools"], mend).then_some(python)
}

/// Whether curl is there; says so if not.
pub(crate) fn curl() -> bool {
    have("curl", &["--version"], "install curl")
}

/// Whether netcat is there; says so if not.
pub(crate) fn netcat() -> bool {
    have("nc", &["-h"], "install Debian's `netcat-openbsd`")
}

fn have(program: &str, arguments: &[&str], mend: &str) -> bool {
    let ran = Command::new(program).args(arguments).output();
    let is_there = ran.is_ok_and(|ran| ran.status.success());
    if !is_there {
        eprintln!("skipped: `{program} {}` does not run; {mend}", arguments.join(" "));
    }
    is_there
}

/// Runs a program to its end, beside the server that it speaks to; what it printed.
pub(crate) async fn run(mut command: Command) -> String {
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let (out, error) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{status}\n{out}\n{error}");
    out.into_owned()
}
