// H6: ncnn rounds the channel step of 1-D and 2-D outside memory up to 16 bytes, and clone() then reads past
// the array's end. Here the next byte is a page that may not be touched.
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "ncnn/borrowed_mat.h"

using namespace twinfer;

namespace {

// Floats that end where an inaccessible page begins.
float* endingAtGuardPage(size_t count) {
    const size_t page = size_t(sysconf(_SC_PAGESIZE));
    char* memory = static_cast<char*>(
        mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory + page, page, PROT_NONE);
    float* floats = reinterpret_cast<float*>(memory + page) - count;
    for (size_t i = 0; i < count; i++) floats[i] = float(i);
    return floats;
}

void checkClone(const Shape& shape, size_t count, bool isAligned) {
    const InputView input{endingAtGuardPage(count), count * sizeof(float), DType::float32, shape};
    int references = 0;
    bool copied = true;
    const ncnn::Mat mat = borrowMat(input, shape, references, copied);
    CHECK(copied != isAligned);
    CHECK(copied || references == 2);
    const ncnn::Mat clone = mat.clone();
    CHECK(clone.row(int(shape.size() == 2 ? shape[0] - 1 : 0))[clone.w - 1] == float(count - 1));
}

} // namespace

int main() {
    checkClone({5}, 5, false);
    checkClone({3, 5}, 15, false);
    checkClone({2, 6}, 12, true);
    // 3-D data with a plane that ncnn would pad is copied channel by channel.
    const InputView padded{endingAtGuardPage(18), 18 * sizeof(float), DType::float32, {2, 3, 3}};
    int references = 0;
    bool copied = false;
    const ncnn::Mat mat = borrowMat(padded, {2, 3, 3}, references, copied);
    CHECK(copied);
    CHECK(mat.channel(1).row(2)[2] == 17.f);
    // A vector of whole packs is called packed without a copy, and loads of packs want aligned addresses.
    alignas(64) float values[32] = {};
    borrowMat({values + 1, 64, DType::float32, {16}}, {16}, references, copied);
    CHECK(copied);
    borrowMat({values, 64, DType::float32, {16}}, {16}, references, copied);
    CHECK(!copied);
    // As those of four floats do, in whatever has no packs.
    borrowMat({values + 1, 48, DType::float32, {2, 6}}, {2, 6}, references, copied);
    CHECK(copied);
    borrowMat({values + 4, 48, DType::float32, {2, 6}}, {2, 6}, references, copied);
    CHECK(!copied);
    return failures() == 0 ? 0 : 1;
}
