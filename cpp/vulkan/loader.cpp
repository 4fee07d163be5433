#include "loader.h"

#include <cstdlib>
#include <cstring>

#include <dlfcn.h>

// MNN asks the dynamic linker for libvulkan.so alone (vulkan_wrapper.cpp:34), which most systems install
// with a development package only; the loader that drivers bring is libvulkan.so.1. The link option
// --wrap=dlopen sends every dlopen of this addon here.
extern "C" void* __real_dlopen(const char* file, int mode);

extern "C" void* __wrap_dlopen(const char* file, int mode) {
    void* library = __real_dlopen(file, mode);
    if (library != nullptr || file == nullptr || std::strcmp(file, "libvulkan.so") != 0) return library;
    return __real_dlopen("libvulkan.so.1", mode);
}

namespace twinfer {

namespace {

// What tells the Vulkan loader, or ncnn, where its drivers are.
constexpr const char* kDriverVariables[] = {"VK_ICD_FILENAMES", "VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES",
                                            "NCNN_VULKAN_DRIVER"};

} // namespace

std::string vulkanLibrary() {
    void* library = dlopen("libvulkan.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return "";
    Dl_info info{};
    void* entry = dlsym(library, "vkGetInstanceProcAddr");
    const bool known = entry != nullptr && dladdr(entry, &info) != 0 && info.dli_fname != nullptr;
    const std::string file = known ? info.dli_fname : "";
    dlclose(library);
    return file;
}

std::string describeVulkanSearch() {
    const std::string library = vulkanLibrary();
    if (library.empty()) return "neither libvulkan.so nor libvulkan.so.1 was found";
    std::string variables;
    for (const char* name : kDriverVariables) {
        if (const char* value = std::getenv(name)) variables += std::string(", with ") + name + "=" + value;
    }
    return "the Vulkan loader " + library + " found no driver that works" + variables;
}

} // namespace twinfer
