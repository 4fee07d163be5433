// Stands in for Android's header: MNN includes it under MNN_USE_LOGCAT and then
// logs through this one function, which ../../mnn_log.cpp defines on every platform.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
enum { ANDROID_LOG_INFO = 4, ANDROID_LOG_WARN = 5, ANDROID_LOG_ERROR = 6 };
int __android_log_print(int priority, const char* tag, const char* format, ...);
#ifdef __cplusplus
}
#endif
