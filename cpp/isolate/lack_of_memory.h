#pragma once

namespace twinfer {

// What the process of an isolated model ends with where its limit of memory gave it none.
constexpr int kLackOfMemory = 77;

// From now on this process ends where it gets no memory. Both engines take an allocation for granted in
// places: they crash, name another reason, or unwind through frames that hold a lock.
void endOnLackOfMemory();

} // namespace twinfer
