// A .param, as text or binary. An input is, in little endian,
//   [the .param] [words] [the .bin's size, 3 bytes] [how many words, 1 byte]
// and the .bin is the words over and over; without words there is none.
#include "read_ncnn.h"

using namespace twinfer;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    uint32_t tail = 0;
    if (rest.size() >= sizeof tail) {
        std::memcpy(&tail, rest.data() + rest.size() - sizeof tail, sizeof tail);
        rest.remove_suffix(sizeof tail);
    }
    const size_t bytes = std::min<size_t>(4 * (tail >> 24), rest.size());
    const std::string_view param = rest.substr(0, rest.size() - bytes);
    std::optional<ToldWeights> weights;
    if (bytes > 0) weights = {rest.substr(param.size()), int64_t(tail & 0xffffff)};
    readNcnn(param, weights);
    return 0;
}
