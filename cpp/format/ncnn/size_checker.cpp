#include "size_checker.h"

#include <limits>

#include "../../error.h"

namespace twinfer {

void SizeChecker::fail(const std::string& expected, const std::string& received,
                       const std::string& help) const {
    throw Error(
        "TWINFER_MODEL_INVALID", file_.describe(layer_) + ": expected " + expected + ", received " + received,
        !help.empty()
            ? help
            : "The .param is damaged or was edited: convert the model again. ncnn does not check this.");
}

void SizeChecker::atLeast(const char* what, int id, int64_t least, int64_t otherwise) const {
    const int64_t value = at(id, otherwise);
    if (value >= least) return;
    fail(std::string(what) + " (" + std::to_string(id) + "=) of " + std::to_string(least) + " or more",
         std::to_string(value));
}

void SizeChecker::multiple(const char* what, int id, int64_t of, const std::string& formula) const {
    atLeast(what, id, 1);
    if (of > 0 && at(id) % of == 0) return;
    fail(std::string(what) + " (" + std::to_string(id) + "=) to be a multiple of " + formula + " = " +
             std::to_string(of),
         std::to_string(at(id)));
}

void SizeChecker::product(const char* what, int64_t a, int64_t b, int64_t c, int64_t d) const {
    int64_t total = 1;
    for (const int64_t factor : {a, b, c, d}) {
        if (factor < 1 || factor > std::numeric_limits<int32_t>::max() / total) {
            fail(std::string(what) + " of 1 to 2147483647 elements",
                 std::to_string(a) + " x " + std::to_string(b) + " x " + std::to_string(c) + " x " +
                     std::to_string(d));
        }
        total *= factor;
    }
}

} // namespace twinfer
