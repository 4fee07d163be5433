#pragma once

#include <string>

namespace twinfer {

// The number of layer types of ncnn 20261020; a binary .param names them by index.
int layerTypeCount();
// "Convolution" for 6; nullptr outside the table.
const char* layerTypeName(int index);
// 6 for "Convolution"; -1 for a name that is none.
int layerTypeIndex(const std::string& name);
bool isLayerType(const std::string& name);
// False for types that ncnn knows and that this build has no code for (ArgMax and SPP).
bool isBuiltLayerType(const std::string& name);
// An operator of a source framework ("aten::roll"), which pnnx writes as it is where it has no layer for it.
bool isOfFramework(const std::string& name);
// What to do about a type that is none of ncnn's: pnnx left an operator of the source framework, or it is a
// custom layer.
std::string helpForUnknownType(const std::string& name);

// The known name that differs least in spelling, empty when none is close: "Convolution" for
// "convolution" or "Convoluton".
std::string similarLayerType(const std::string& name);
// The same with more patience: half of the name may differ.
std::string nearestLayerType(const std::string& name);

} // namespace twinfer
