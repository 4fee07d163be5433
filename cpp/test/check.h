#pragma once

#include <cstdio>
#include <string>

#include "error.h"

// Enough of a test framework for programs of one main(): return failures() from it.
//   CHECK(condition)                  prints file, line and expression when it does not hold
//   CHECK_THROWS(code, part, action)  wants a twinfer::Error with this code and this in its message
namespace twinfer::test {

inline int& count() {
    static int failed = 0;
    return failed;
}

inline void report(bool holds, const char* file, int line, const std::string& what) {
    if (holds) return;
    count()++;
    std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
}

template <typename Action>
void checkThrows(const char* file, int line, const std::string& code, const std::string& part,
                 Action action) {
    try {
        action();
    } catch (const Error& error) {
        const std::string message = error.what();
        const bool holds = error.code() == code && message.find(part) != std::string::npos;
        return report(holds, file, line,
                      "expected " + code + " '" + part + "', received " + error.code() + " '" + message +
                          "'");
    }
    report(false, file, line, "expected " + code + " '" + part + "', received no error");
}

} // namespace twinfer::test

// The exit code of a test program: 1 when any check failed.
inline int failures() {
    return twinfer::test::count() == 0 ? 0 : 1;
}

#define CHECK(condition) ::twinfer::test::report((condition), __FILE__, __LINE__, #condition)
#define CHECK_THROWS(code, part, ...)                                                                        \
    ::twinfer::test::checkThrows(__FILE__, __LINE__, code, part, [&] { __VA_ARGS__; })
