#include "message.h"

#include "../error.h"

namespace twinfer {

const char* MessageReader::take(uint64_t bytes) {
    if (bytes > size_ - at_) {
        throw Error(
            "TWINFER_ENGINE_CRASHED",
            "expected a whole answer of the process that runs the engine, received one that is cut short",
            "The engine wrote where it should not: the model file may be damaged.");
    }
    const char* const start = memory_ + at_;
    at_ += bytes;
    return start;
}

} // namespace twinfer
