// Force-included into every ncnn source file. NCNN_LOGE is a bare fprintf(stderr, …);
// renaming fprintf sends each line to the log sink of the calling thread (../ncnn_log.cpp).
#pragma once
#ifdef __cplusplus
// Both headers undefine or declare fprintf, so they come before the macro.
#include <cstdio>
extern "C" {
#endif
#include <stdio.h>
int twinfer_ncnn_fprintf(FILE* stream, const char* format, ...);
#ifdef __cplusplus
}
#endif
#define fprintf twinfer_ncnn_fprintf
