#pragma once

namespace twinfer::mnn {

// A Module running on this thread. Its branches and loops read the values that they depend on, and take for
// granted that these were computed; what was not is read as zeros meanwhile, which ends a loop.
class ForwardReads {
  public:
    ForwardReads();
    ~ForwardReads();
    ForwardReads(const ForwardReads&) = delete;
    ForwardReads& operator=(const ForwardReads&) = delete;

    // Says for the Module that runs on this thread that it failed.
    static void fail();

    // Whether something was read that MNN could not compute: the outputs are then worth nothing.
    bool failed() const;
};

} // namespace twinfer::mnn
