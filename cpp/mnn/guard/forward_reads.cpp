// The linker hands us the function through which MNN's control flow reads (--wrap in cpp/CMakeLists.txt):
// WhileModule.cpp and IfModule.cpp follow its null, which a condition that cannot be sized gives.
#include "forward_reads.h"

#include <cstdint>
#include <vector>

#include <MNN/expr/Expr.hpp>

#include "wrapped_symbol.h"

using MNN::Express::Variable;

#define READ_INTERNAL _ZN3MNN7Express8Variable12readInternalEb

extern "C" void* NAME(__real_, READ_INTERNAL)(Variable* self, bool forShape);

namespace twinfer::mnn {

namespace {

struct Reads {
    bool watched = false;
    bool failed = false;
    std::vector<std::vector<uint8_t>> zeros; // one for each read: whoever reads two keeps both pointers
};

thread_local Reads reads;

// As many as the variable has bytes, in any layout (NC4HW4 rounds the channels up to 4).
void* zerosFor(Variable& variable) noexcept {
    reads.failed = true;
    const Variable::Info* info = variable.getInfo();
    const size_t bytes = info == nullptr ? 0 : info->size * static_cast<size_t>(info->type.bytes());
    try {
        return reads.zeros.emplace_back(4 * bytes + 64).data();
    } catch (const std::exception&) {
        return nullptr;
    }
}

} // namespace

ForwardReads::ForwardReads() {
    reads.watched = true;
    reads.failed = false;
}

ForwardReads::~ForwardReads() {
    reads = {};
}

void ForwardReads::fail() {
    reads.failed = true;
}

bool ForwardReads::failed() const {
    return reads.failed;
}

} // namespace twinfer::mnn

extern "C" void* NAME(__wrap_, READ_INTERNAL)(Variable* self, bool forShape) {
    using namespace twinfer::mnn;
    void* const content = NAME(__real_, READ_INTERNAL)(self, forShape);
    return content != nullptr || !reads.watched ? content : zerosFor(*self);
}
