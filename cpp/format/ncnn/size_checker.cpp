#include "size_checker.h"

#include <limits>

namespace twinfer {

void SizeChecker::fail(const std::string& expected, const std::string& received) const {
    const std::string complaint = ": expected " + expected + ", received " + received;
    findings_.refuse(
        {"parameters", layer_.type + complaint,
         "ncnn would read past its weights: correct the line, or convert the model again.", layer_.name,
         file_.lineOf(layer_)},
        Error("TWINFER_MODEL_INVALID", file_.describe(layer_) + complaint,
              "The .param is damaged or was edited: convert the model again. ncnn does not check this."));
}

void SizeChecker::failOld(int mark, const std::string& expected) const {
    findings_.refuse(
        {"old-format", layer_.type + " with axes and without " + std::to_string(mark) + "=1",
         "ncnn counted axes in another way once, and refuses files from before: convert the model again.",
         layer_.name, file_.lineOf(layer_)},
        Error("TWINFER_MODEL_INVALID", file_.describe(layer_) + ": expected " + expected + ", received none",
              "ncnn calls this file too old: convert the model again, with a converter of this version."));
}

bool SizeChecker::atLeast(const char* what, int id, int64_t least, int64_t otherwise) const {
    const int64_t value = at(id, otherwise);
    if (value >= least) return true;
    fail(std::string(what) + " (" + std::to_string(id) + "=) of " + std::to_string(least) + " or more",
         std::to_string(value));
    return false;
}

bool SizeChecker::multiple(const char* what, int id, int64_t of, const std::string& formula) const {
    if (!atLeast(what, id, 1)) return false;
    if (of > 0 && at(id) % of == 0) return true;
    fail(std::string(what) + " (" + std::to_string(id) + "=) to be a multiple of " + formula + " = " +
             std::to_string(of),
         std::to_string(at(id)));
    return false;
}

bool SizeChecker::product(const char* what, int64_t a, int64_t b, int64_t c, int64_t d) const {
    int64_t total = 1;
    for (const int64_t factor : {a, b, c, d}) {
        if (factor < 1 || factor > std::numeric_limits<int32_t>::max() / total) {
            fail(std::string(what) + " of 1 to 2147483647 elements",
                 std::to_string(a) + " x " + std::to_string(b) + " x " + std::to_string(c) + " x " +
                     std::to_string(d));
            return false;
        }
        total *= factor;
    }
    return true;
}

} // namespace twinfer
