//! What there is to choose.

/// Told by `help`.
pub(super) const TEXT: &str = "\
  (empty line)        time passes until something happens by itself
  2                   message 2 of the list arrives, and is handled; 2 3 1: one after the other
  lose 2              message 2 is lost
  double 2            message 2 arrives, and a copy of it
  all, all n2         all that wait arrive, or all to n2
  wait 200ms          so much time passes; what waits goes on waiting
  go, go 200ms        for so long (100ms) everything goes by itself, what waits included
  put k v at n1       a client stores a value; get k at n2, delete k at n1; without `at` at n1
  crash n2            and restart, power-loss, pause, resume, isolate, bridge, bit-rot, join, leave
  partition n1 n2 | n3     two sides; `clients` may be on one
  heal-network        mends every cut
  do { slow-disk = { node = \"n1\", factor = 5, lasts = \"1s\" } }     any step that a scenario can have
  skip                the next step of the scenario is left out
  undo                takes the last choice back, again and again
  show, help          the moment once more; this
  done                everything goes on by itself, is healed and judged, and is written
  quit                nothing is written
";
