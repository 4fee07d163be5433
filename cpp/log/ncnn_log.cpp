// The other end of hooks/ncnn_log_hook.h: ncnn's fprintf(stderr, …).
#include <cstdarg>
#include <cstdio>

#include "line_buffer.h"

extern "C" int twinfer_ncnn_fprintf(FILE* stream, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    int length;
    if (stream == stderr || stream == stdout) {
        // ncnn has one macro for everything, NCNN_LOGE; its success messages come this way too.
        thread_local twinfer::LineBuffer buffer("ncnn");
        length = buffer.append(twinfer::LogLevel::error, format, arguments);
    } else {
        length = std::vfprintf(stream, format, arguments);
    }
    va_end(arguments);
    return length;
}
