// What a host of the WebAssembly build calls: cpp/format where no addon loads. Nothing is ever freed and a
// failure leaves everything as it is, so each call wants an instance of its own.
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>
#include <typeinfo>

#include "format/file_content.h"
#include "format/mnn/report.h"
#include "format/ncnn/report.h"

using namespace twinfer;

namespace {

struct Answer {
    const char* text;
    uint32_t bytes;
};

const Answer* answer(std::string text) {
    static std::string kept; // until the next call
    static Answer answer;
    kept = std::move(text);
    answer = {kept.data(), static_cast<uint32_t>(kept.size())};
    return &answer;
}

} // namespace

extern "C" {

// The little-endian word at an offset of the file beside the model, -1 outside of it.
__attribute__((import_module("host"), import_name("word"))) double hostWord(double offset);

__attribute__((export_name("allocate"))) void* allocate(uint32_t bytes) {
    return std::malloc(bytes);
}

__attribute__((export_name("release"))) void release(void* memory) {
    std::free(memory);
}

// A negative size: there is no file of weights.
__attribute__((export_name("ncnn"))) const Answer* ncnn(const char* param, uint32_t bytes, double weightsSize,
                                                        bool params) {
    std::optional<WeightSource> weights;
    if (weightsSize >= 0) {
        weights = {static_cast<int64_t>(weightsSize), [](int64_t offset) -> std::optional<uint32_t> {
                       const double word = hostWord(static_cast<double>(offset));
                       if (word < 0) return std::nullopt;
                       return static_cast<uint32_t>(word);
                   }};
    }
    return answer(reportNcnn({param, bytes}, weights, params));
}

__attribute__((export_name("mnn"))) const Answer* mnn(const char* model, uint32_t bytes,
                                                      double weightFileBytes) {
    return answer(reportMnn({model, bytes}, static_cast<uint64_t>(weightFileBytes)));
}

__attribute__((export_name("content"))) const Answer* content(const char* start, uint32_t bytes) {
    return answer(reportContent({start, bytes}));
}

// Nothing here unwinds: an exception ends the call, and the instance must not be used again.
void* __cxa_allocate_exception(size_t bytes) noexcept {
    return std::malloc(bytes);
}
[[noreturn]] void __cxa_throw(void*, std::type_info*, void (*)(void*)) {
    __builtin_trap();
}
}
