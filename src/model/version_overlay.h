// SPDX-License-Identifier: Apache-2.0
// How a description differs in a version: what is different is laid over what is not.
#pragma once

#include <yaml-cpp/yaml.h>

namespace skyden::model {

// `shapes` with those of `other`: a shape that both have gets the members of the other one, a
// member that is null there goes, and so does a shape. Members keep their places; `x!` and `x` are
// one. Throws what yaml-cpp throws on a wrong shape.
YAML::Node MergeShapes(const YAML::Node& shapes, const YAML::Node& other);

// A description without `versions` and its parts for one version, of which `part` is laid over it:
// keys are replaced, of `schema` the shapes are merged and the rest replaced.
YAML::Node Overlay(const YAML::Node& description, const YAML::Node& part);

}  // namespace skyden::model
