#pragma once

#include <string>

namespace twinfer {

// The number of layer types of ncnn 20261020; a binary .param names them by index.
int layerTypeCount();
// "Convolution" for 6; nullptr outside the table.
const char* layerTypeName(int index);
bool isLayerType(const std::string& name);

// The known name that differs least in spelling, empty when none is close: "Convolution" for
// "convolution" or "Convoluton".
std::string similarLayerType(const std::string& name);

} // namespace twinfer
