//! The bytes of what goes over a wire, compared with texts under `node/tests/golden`: what changes
//! them changes the protocol, and nodes of two versions no longer understand each other.
//!
//! Each variant needs an example, or the tests do not compile. `INSTA_UPDATE=always` writes the texts
//! anew; the version of the protocol has to be raised then.

mod client;

use crate::replication::{CallId, Calls};
use rand::rngs::mock::StepRng;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::{Debug, Write as _};

/// Makes a test of examples, at least one for each variant of a type:
/// `golden!(name_of_the_test: Type { Pattern => [example, ..], .. })`.
macro_rules! golden {
    ($test:ident: $type:ty { $($variant:pat => [$($example:expr),+ $(,)?]),+ $(,)? }) => {
        #[test]
        fn $test() {
            // Without a wildcard: a variant that has no line here does not compile.
            let place = |example: &$type| {
                let mut place = 0..;
                $(let here = place.next();
                if matches!(example, $variant) {
                    return here;
                })+
                match example {
                    $($variant => None,)+
                }
            };
            let mut all = Vec::<$type>::new();
            for (line, examples) in [$(vec![$($example),+]),+].into_iter().enumerate() {
                for example in examples {
                    assert_eq!(place(&example), Some(line), "{example:?} stands with another variant");
                    all.push(example);
                }
            }
            let text = $crate::golden::written(&all);
            $crate::golden::compare(stringify!($test), &text);
        }
    };
}

pub(crate) use golden;

/// A name for a question.
pub(crate) fn call() -> CallId {
    Calls::new(&mut StepRng::new(0, 0)).next_id()
}

/// Each example and its bytes; asserts that it comes back from them, and from no part of them.
pub(crate) fn written<T: Serialize + DeserializeOwned + PartialEq + Debug>(all: &[T]) -> String {
    let mut text = String::new();
    for example in all {
        let bytes = postcard::to_stdvec(example).unwrap();
        assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap(), example);
        for length in 0..bytes.len() {
            let part = postcard::from_bytes::<T>(&bytes[..length]);
            assert!(part.is_err(), "{length} bytes of {example:?} are taken for {part:?}");
        }
        writeln!(text, "{example:?}").unwrap();
        for line in bytes.chunks(32) {
            let hex: Vec<_> = line.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(text, "    {}", hex.join(" ")).unwrap();
        }
    }
    text
}

/// Compares with the text that is kept under this name.
pub(crate) fn compare(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The order of variants and fields is what the bytes are: whoever changes it is told.
#[test]
fn another_order_has_other_bytes() {
    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    enum Before {
        One { a: u8, b: u8 },
        Other,
    }
    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    enum Variants {
        Other,
        One { a: u8, b: u8 },
    }
    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    enum Fields {
        One { b: u8, a: u8 },
        Other,
    }
    let before = written(&[Before::One { a: 1, b: 2 }]);
    assert_eq!(before, "One { a: 1, b: 2 }\n    00 01 02\n");
    assert!(written(&[Variants::One { a: 1, b: 2 }]).ends_with("\n    01 01 02\n"));
    assert!(written(&[Fields::One { a: 1, b: 2 }]).ends_with("\n    00 02 01\n"));
    assert_ne!(written(&[Before::Other]), written(&[Variants::Other]));
    assert_ne!(written(&[Before::Other]), written(&[Before::One { a: 0, b: 0 }]));
    assert_eq!(written(&[Fields::Other]), written(&[Before::Other]));
}
