#pragma once

namespace twinfer {

// Physical cores that this process may use: of those it is bound to (taskset, a container's cpuset), and no
// more than its container has time for (docker --cpus), where threads in excess are made to stand still.
int usableCores();

} // namespace twinfer
