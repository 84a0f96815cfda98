// SPDX-License-Identifier: Apache-2.0
#include "resources/proto/go_yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "resources/proto/go_text.h"
#include "resources/proto/go_yaml_scalar.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

class Converter {
 public:
  absl::Status Convert(const YAML::Node& node, int depth) {
    if (depth > base::limits::kJsonDepth) return absl::InvalidArgumentError("exceeded max depth");
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        SKYDEN_RETURN_IF_ERROR(Scalar(node));
        break;
      case YAML::NodeType::Sequence:
        SKYDEN_RETURN_IF_ERROR(Sequence(node, depth));
        break;
      case YAML::NodeType::Map:
        SKYDEN_RETURN_IF_ERROR(Map(node, depth));
        break;
      default:
        out_ += "null";
    }
    if (out_.size() > base::limits::kSpecBytes) return absl::InvalidArgumentError("too large");
    return absl::OkStatus();
  }

  std::string Take() { return std::move(out_); }

 private:
  absl::Status Scalar(const YAML::Node& node) {
    if (node.Tag() == "!") {
      out_ += GoJsonString(node.Scalar());
      return absl::OkStatus();
    }
    const std::optional<std::string> json = PlainScalarToJson(node.Scalar());
    if (!json) return absl::InvalidArgumentError("a number that JSON cannot hold");
    out_ += *json;
    return absl::OkStatus();
  }

  absl::Status Sequence(const YAML::Node& node, int depth) {
    out_ += '[';
    bool first = true;
    for (const YAML::Node& element : node) {
      if (!first) out_ += ',';
      first = false;
      SKYDEN_RETURN_IF_ERROR(Convert(element, depth + 1));
    }
    out_ += ']';
    return absl::OkStatus();
  }

  absl::Status Map(const YAML::Node& node, int depth) {
    out_ += '{';
    bool first = true;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        return absl::InvalidArgumentError("a key is not a plain value");
      }
      if (!first) out_ += ',';
      first = false;
      out_ += GoJsonString(entry.first.Scalar());
      out_ += ':';
      SKYDEN_RETURN_IF_ERROR(Convert(entry.second, depth + 1));
    }
    out_ += '}';
    return absl::OkStatus();
  }

  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> YamlToJson(std::string_view text) {
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<uint8_t>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
  });
  if (control) return absl::InvalidArgumentError("control characters are not allowed");
  try {
    Converter converter;
    SKYDEN_RETURN_IF_ERROR(converter.Convert(YAML::Load(std::string(text)), 0));
    return converter.Take();
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

}  // namespace skyden::resources
