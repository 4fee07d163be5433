#include "vulkan_devices.h"

#include <utility>

#include "backend/vulkan/component/VulkanInstance.hpp"
#include "backend/vulkan/vulkan/vulkan_wrapper.h"

namespace twinfer::mnn {

namespace {

thread_local int chosen = 0;
PFN_vkEnumeratePhysicalDevices enumerate = nullptr;

// VulkanDevice takes the first device (VulkanDevice.cpp:75), so the chosen one is put there.
VKAPI_ATTR VkResult VKAPI_CALL enumerateChosenFirst(VkInstance instance, uint32_t* count,
                                                    VkPhysicalDevice* devices) {
    const VkResult result = enumerate(instance, count, devices);
    if (devices != nullptr && chosen > 0 && uint32_t(chosen) < *count) std::swap(devices[0], devices[chosen]);
    return result;
}

// True where MNN's loader works; its pointers are filled in then.
bool initialise() {
    static const bool works = [] {
        if (InitVulkan() == 0) return false;
        enumerate = std::exchange(vkEnumeratePhysicalDevices, enumerateChosenFirst);
        return vkCreateInstance != nullptr && enumerate != nullptr;
    }();
    return works;
}

int kindOf(VkPhysicalDeviceType type) {
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return 0;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 1;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return 2;
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return 3;
    default: return 4;
    }
}

GpuInfo describe(VkPhysicalDevice device, int index) {
    VkPhysicalDeviceProperties plain{};
    vkGetPhysicalDeviceProperties(device, &plain);
    GpuInfo gpu{index,
                plain.deviceName,
                gpuTypeName(kindOf(plain.deviceType)),
                vulkanVersion(plain.apiVersion),
                vulkanVersion(plain.driverVersion),
                plain.vendorID,
                plain.deviceID,
                false,
                false,
                false,
                1};
    // What follows exists from Vulkan 1.2 on; MNN asks for fp16 in the same way.
    if (plain.apiVersion < VK_API_VERSION_1_2 || vkGetPhysicalDeviceFeatures2 == nullptr) return gpu;
    VkPhysicalDeviceVulkan11Features core11{};
    core11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    VkPhysicalDeviceVulkan12Features core12{};
    core12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    core12.pNext = &core11;
    VkPhysicalDeviceFeatures2 features{};
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features.pNext = &core12;
    vkGetPhysicalDeviceFeatures2(device, &features);
    VkPhysicalDeviceSubgroupProperties subgroup{};
    subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES;
    VkPhysicalDeviceProperties2 properties{};
    properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
    properties.pNext = &subgroup;
    vkGetPhysicalDeviceProperties2(device, &properties);
    gpu.fp16Storage = core11.storageBuffer16BitAccess == VK_TRUE;
    gpu.fp16Arithmetic = core12.shaderFloat16 == VK_TRUE;
    gpu.int8Storage = core12.storageBuffer8BitAccess == VK_TRUE;
    gpu.subgroupSize = subgroup.subgroupSize;
    return gpu;
}

std::vector<GpuInfo> list() {
    std::vector<GpuInfo> all;
    if (!initialise()) return all;
    const MNN::VulkanInstance instance;
    if (!instance.supportVulkan()) return all;
    const UseVulkanDevice systemOrder(0);
    uint32_t count = 0;
    instance.enumeratePhysicalDevices(count, nullptr);
    std::vector<VkPhysicalDevice> devices(count);
    instance.enumeratePhysicalDevices(count, devices.data());
    for (uint32_t i = 0; i < count; i++) all.push_back(describe(devices[i], int(i)));
    return all;
}

} // namespace

const std::vector<GpuInfo>& gpus() {
    static const std::vector<GpuInfo> all = list();
    return all;
}

UseVulkanDevice::UseVulkanDevice(int index) : outer_(std::exchange(chosen, index)) {}

UseVulkanDevice::~UseVulkanDevice() {
    chosen = outer_;
}

} // namespace twinfer::mnn
