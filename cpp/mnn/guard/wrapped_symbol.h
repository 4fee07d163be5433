#pragma once

// A function of MNN's that the linker hands us (--wrap in cpp/CMakeLists.txt) has two names beside its
// mangled one: NAME(__wrap_, SYMBOL) is ours, which is called in its place, and NAME(__real_, SYMBOL) is
// MNN's.
#define NAME(prefix, symbol) NAME_(prefix, symbol)
#define NAME_(prefix, symbol) prefix##symbol
