//! Where schedulers of clusters and CI put the number of a part and how many there are.

use super::Shard;

/// Reads `3/8`, or `auto`, or `auto/8` where nobody says how many there are.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    match text.strip_prefix("auto") {
        Some("") => auto(None, |name| std::env::var(name).ok()),
        Some(count) if count.starts_with('/') => {
            let count = count[1..].parse().map_err(|_| "write a number, as in `auto/8`")?;
            auto(Some(count), |name| std::env::var(name).ok())
        }
        _ => Shard::parse(text),
    }
}

/// Asks the variables of the surroundings. Each scheduler counts in a way of its own.
fn auto(stated: Option<u64>, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let number = |name: &str| match variable(name) {
        None => Ok(None),
        Some(text) => match text.trim().parse::<u64>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(format!("{name} is `{text}`, which is no number")),
        },
    };
    let mut found = Vec::new();
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        let count = number("SLURM_ARRAY_TASK_COUNT")?;
        let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        let place = id.checked_sub(first).filter(|offset| offset % step == 0);
        let Some(place) = place.map(|offset| offset / step) else {
            return Err(format!("task {id} is none of an array from {first} on by {step}"));
        };
        found.push(("Slurm", place + 1, count));
    }
    if let Some(index) = number("JOB_COMPLETION_INDEX")? {
        found.push(("Kubernetes", index + 1, number("SEEDBED_SHARDS")?));
    }
    if let Some(index) = number("CI_NODE_INDEX")? {
        found.push(("GitLab", index, number("CI_NODE_TOTAL")?));
    }
    let (who, index, told) = match found.as_slice() {
        [one] => *one,
        [] => {
            return Err(
                "neither Slurm (SLURM_ARRAY_TASK_ID), Kubernetes (JOB_COMPLETION_INDEX) nor \
                 GitLab (CI_NODE_INDEX) says which part this is; write it, such as `3/8`"
                    .to_owned(),
            );
        }
        several => {
            let names: Vec<_> = several.iter().map(|(who, ..)| *who).collect();
            return Err(format!(
                "{} all say which part this is; write it, such as `3/8`",
                names.join(" and ")
            ));
        }
    };
    match (told, stated) {
        (Some(told), Some(stated)) if told != stated => {
            Err(format!("{who} says that there are {told} parts, and not {stated}"))
        }
        (None, None) => Err(format!(
            "{who} says that this is part {index}, but not of how many; write `auto/8`, or set \
             SEEDBED_SHARDS"
        )),
        (told, stated) => Shard::new(index, told.or(stated).unwrap_or_default())
            .map_err(|error| format!("as {who} has it, {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stated: Option<u64>, variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        auto(stated, variable).map(|shard| shard.to_string())
    }

    #[test]
    fn each_scheduler_counts_in_its_own_way() {
        let slurm = |id, first, step| {
            told(
                None,
                &[
                    ("SLURM_ARRAY_TASK_ID", id),
                    ("SLURM_ARRAY_TASK_COUNT", "8"),
                    ("SLURM_ARRAY_TASK_MIN", first),
                    ("SLURM_ARRAY_TASK_STEP", step),
                ],
            )
        };
        assert_eq!(slurm("0", "0", "1").unwrap(), "1/8");
        assert_eq!(slurm("8", "1", "1").unwrap(), "8/8");
        assert_eq!(slurm("12", "10", "2").unwrap(), "2/8");
        assert!(slurm("13", "10", "2").unwrap_err().contains("none of an array"));
        // An array with gaps, `--array=1,9`.
        assert!(slurm("9", "1", "1").unwrap_err().contains("there is no part 9 of 8"));
        assert_eq!(told(Some(4), &[("JOB_COMPLETION_INDEX", "0")]).unwrap(), "1/4");
        let kubernetes = [("JOB_COMPLETION_INDEX", "3"), ("SEEDBED_SHARDS", "4")];
        assert_eq!(told(None, &kubernetes).unwrap(), "4/4");
        let gitlab = [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")];
        assert_eq!(told(None, &gitlab).unwrap(), "2/5");
    }

    #[test]
    fn what_is_not_known_is_asked_for() {
        assert!(told(None, &[]).unwrap_err().contains("such as `3/8`"));
        let kubernetes = ("JOB_COMPLETION_INDEX", "3");
        assert!(told(None, &[kubernetes]).unwrap_err().contains("but not of how many"));
        let gitlab = [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "5")];
        assert!(told(Some(4), &gitlab).unwrap_err().contains("5 parts, and not 4"));
        assert!(told(None, &[gitlab[0], gitlab[1], kubernetes]).unwrap_err().contains("all say"));
        assert!(told(None, &[("CI_NODE_INDEX", "x")]).unwrap_err().contains("no number"));
    }
}
