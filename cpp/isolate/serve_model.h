#pragma once

namespace twinfer {

// The other end of an IsolatedRunner: opens the model that it is told to, and runs it until its parent ends
// it, or is gone. Never returns. `file` is the descriptor that came with the process.
[[noreturn]] void serveModel(int file);

} // namespace twinfer
