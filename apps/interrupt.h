#pragma once

namespace zsq::apps {

/// From now on Ctrl-C asks the running command to stop; a second one ends the process at once.
void catch_interrupts();

bool is_interrupted();

/// Throws Interrupted where Ctrl-C was pressed. Nothing that writes a file lies between two of these
/// calls, so an interrupted command leaves nothing behind.
void stop_if_interrupted();

}  // namespace zsq::apps
