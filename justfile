# The commands that people type. `just` alone lists them.

_default:
    @just --list

# Run a scenario, such as `just run ghost-data --seed 7`.
run *arguments:
    cargo run --release -- run {{arguments}}

# Run the tests.
test:
    cargo test

# Run everything a change must pass.
ci:
    bash .ci/run

# Have every run again and compare.
audit seeds="20":
    cargo run --release -- audit --seeds {{seeds}}

# Write the generated parts of the pages anew from the registries.
pages:
    UPDATE=1 cargo test --test readme the_generated

# Run the benches.
bench:
    cargo bench

# Put in changed scenarios, plans, histories, records and command lines for so many seconds.
fuzz seconds="3600":
    bash .ci/fuzz {{seconds}}

# Check licences, advisories and sources of all dependencies (needs cargo-deny).
deny:
    cargo deny check
