// The first bytes of any file.
#include "format/file_content.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    twinfer::reportContent({reinterpret_cast<const char*>(data), size});
    return 0;
}
