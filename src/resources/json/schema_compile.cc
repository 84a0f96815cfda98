// SPDX-License-Identifier: Apache-2.0
// YAML to shapes. Shapes may name each other in any order, so objects are made empty first and
// filled in afterwards; a named scalar ("HeaderName: string ...") is written in where it is used.
#include <fmt/format.h>
#include <re2/re2.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <set>

#include "resources/json/schema.h"
#include "skyden/base/strings.h"

namespace skyden::resources::json {
namespace {

struct Integer {
  std::string_view name;
  std::string_view format;
  double min;
  double max;
};
constexpr double kTwo63 = 9223372036854775808.0;
constexpr Integer kIntegers[] = {
    {"int32", "int32", -2147483648.0, 2147483647.0},
    {"uint32", "int32", 0, 4294967295.0},
    {"int64", "int64", -kTwo63, kTwo63},
    {"int", "", -kTwo63, kTwo63},
    {"uint", "", 0, 2 * kTwo63},
};

struct Scalar {
  std::string_view name;
  Type::Base base;
};
constexpr Scalar kScalars[] = {
    {"string", Type::Base::kString},     {"bool", Type::Base::kBool},
    {"duration", Type::Base::kDuration}, {"int_or_string", Type::Base::kIntOrString},
    {"bytes", Type::Base::kBytes},       {"any", Type::Base::kAny},
    {"time", Type::Base::kTime},
};

// Takes the text up to the next space that is outside parentheses.
std::string TakeWord(std::string_view& rest) {
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  int depth = 0;
  size_t size = 0;
  for (; size < rest.size() && (depth > 0 || rest[size] != ' '); ++size) {
    if (rest[size] == '(') ++depth;
    if (rest[size] == ')') --depth;
  }
  std::string word(rest.substr(0, size));
  rest.remove_prefix(size);
  return word;
}

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// "1..256", "..16", "2.."
bool ParseRange(std::string_view text, Range& range) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) return false;
  const std::string_view low = text.substr(0, dots);
  const std::string_view high = text.substr(dots + 2);
  range.min = ParseNumber(low);
  range.max = ParseNumber(high);
  return range.min.has_value() == !low.empty() && range.max.has_value() == !high.empty();
}

absl::Status Bad(std::string_view what, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", what, why));
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

bool HasSnis(const model::TypeDescriptor& type) {
  return type.name == "MeshService" || type.name == "MeshExternalService" ||
         type.name == "MeshMultiZoneService";
}

class Compiler {
 public:
  explicit Compiler(Schema& schema) : schema_(schema) {}

  absl::Status Run(const model::TypeDescriptor& type, const std::string& shared_yaml) {
    const YAML::Node own = YAML::Load(type.schema_yaml);
    CollectShapes(YAML::Load(shared_yaml));
    for (const auto& [name, members] : objects_) shared_.insert(name);
    CollectShapes(own["shapes"]);
    for (const auto& entry : own["shapes"]) shared_.erase(entry.first.as<std::string>());
    if (!own["spec"]) return Bad("schema", "has no spec");
    const auto spec = own["spec"].as<std::string>();
    const auto status = own["status"] ? own["status"].as<std::string>() : std::string();
    SKYDEN_RETURN_IF_ERROR(ParseText(spec, schema_.spec_, nullptr));
    schema_.has_status_ = !status.empty();
    if (!status.empty()) {
      SKYDEN_RETURN_IF_ERROR(ParseText(status, schema_.status_, nullptr));
    }
    objects_[kBody] = BodyShape(type, spec, status);
    objects_["Sni"] = YAML::Load("{port!: int32, sni!: string}");
    SKYDEN_RETURN_IF_ERROR(ParseText(kBody, schema_.body_, nullptr));
    while (!pending_.empty()) {
      Shape* const shape = pending_.back();
      pending_.pop_back();
      SKYDEN_RETURN_IF_ERROR(FillShape(*shape, objects_.at(shape->name)));
      for (const Field& field : shape->fields) shape->by_name.push_back(&field);
      std::sort(shape->by_name.begin(), shape->by_name.end(),
                [](const Field* a, const Field* b) { return a->name < b->name; });
    }
    return absl::OkStatus();
  }

 private:
  void CollectShapes(const YAML::Node& shapes) {
    for (const auto& entry : shapes) {
      const auto name = entry.first.as<std::string>();
      aliases_.erase(name);
      objects_.erase(name);
      if (entry.second.IsMap()) {
        objects_[name] = entry.second;
      } else {
        aliases_[name] = entry.second.as<std::string>();
      }
    }
  }

  static constexpr const char* kBody = Schema::kBodyShape.data();

  // The members that every resource has, around its own.
  static YAML::Node BodyShape(const model::TypeDescriptor& type, const std::string& spec,
                              const std::string& status) {
    YAML::Node body;
    body["type!"] = fmt::format("one_of({})", type.name);
    if (type.scope == model::ResourceScope::kMesh) body["mesh"] = "string default=default";
    body["name!"] = "string";
    body["labels"] = "map(string)";
    body["creationTime"] = "time";
    body["modificationTime"] = "time";
    body["kri"] = "string";
    body["spec!"] = spec;
    if (HasSnis(type)) body["snis"].push_back("Sni");
    if (!status.empty()) body["status"] = status;
    return body;
  }

  // The shape of that name, which will be filled in before Run ends.
  Shape* Want(const std::string& name) {
    std::unique_ptr<Shape>& shape = schema_.shapes_[name];
    if (shape == nullptr) {
      shape = std::make_unique<Shape>();
      shape->name = name;
      shape->is_shared = shared_.contains(name);
      pending_.push_back(shape.get());
    }
    return shape.get();
  }

  absl::Status FillShape(Shape& shape, const YAML::Node& members) {
    for (const auto& entry : members) {
      auto name = entry.first.as<std::string>();
      if (name == "...") {
        auto other = entry.second.as<std::string>();
        if (const auto alias = aliases_.find(other); alias != aliases_.end()) other = alias->second;
        if (!objects_.contains(other)) return Bad(shape.name, "takes over an unknown shape");
        SKYDEN_RETURN_IF_ERROR(FillShape(shape, objects_.at(other)));
        continue;
      }
      Field field;
      field.required = name.back() == '!';
      if (field.required) name.pop_back();
      field.name = name;
      field.printed = field.required ? Field::Printed::kAlways : Field::Printed::kWhenGiven;
      if (absl::Status status = ParseNode(entry.second, field.type, &field.printed); !status.ok()) {
        return Bad(fmt::format("{}.{}", shape.name, name), base::ToStd(status.message()));
      }
      shape.fields.push_back(std::move(field));
    }
    return absl::OkStatus();
  }

  absl::Status ParseNode(const YAML::Node& node, Type& type, Field::Printed* printed) {
    if (!node.IsSequence()) return ParseText(node.as<std::string>(), type, printed);
    if (node.size() == 0) return Bad("list", "of what?");
    type.base = Type::Base::kList;
    type.element = std::make_shared<Type>();
    SKYDEN_RETURN_IF_ERROR(ParseText(node[0].as<std::string>(), *type.element, nullptr));
    for (size_t i = 1; i < node.size(); ++i) {
      SKYDEN_RETURN_IF_ERROR(ParseWord(node[i].as<std::string>(), type, printed));
    }
    return absl::OkStatus();
  }

  absl::Status ParseText(std::string_view text, Type& type, Field::Printed* printed) {
    SKYDEN_RETURN_IF_ERROR(ParseBase(TakeWord(text), type));
    while (!text.empty()) {
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
      if (TakePrefix(text, "matches=")) {
        type.pattern_text = text;
        re2::RE2::Options options;
        options.set_log_errors(false);
        auto pattern = std::make_shared<re2::RE2>(type.pattern_text, options);
        if (!pattern->ok()) return Bad("matches", pattern->error());
        type.pattern = std::move(pattern);
        return absl::OkStatus();
      }
      if (!text.empty()) SKYDEN_RETURN_IF_ERROR(ParseWord(TakeWord(text), type, printed));
    }
    return absl::OkStatus();
  }

  absl::Status ParseBase(const std::string& word, Type& type) {
    for (const Scalar& scalar : kScalars) {
      if (scalar.name != word) continue;
      type.base = scalar.base;
      return absl::OkStatus();
    }
    for (const Integer& integer : kIntegers) {
      if (integer.name != word) continue;
      type.base = Type::Base::kInteger;
      type.go_type = integer.name;
      type.format = integer.format;
      type.go_range = {integer.min, integer.max};
      return absl::OkStatus();
    }
    std::string_view rest = word;
    const bool closed = rest.size() > 1 && rest.back() == ')';
    if (closed && TakePrefix(rest, "one_of(")) {
      return ParseChoices(rest.substr(0, rest.size() - 1), type);
    }
    if (closed && TakePrefix(rest, "map(")) {
      type.base = Type::Base::kMap;
      type.element = std::make_shared<Type>();
      return ParseText(rest.substr(0, rest.size() - 1), *type.element, nullptr);
    }
    if (const auto alias = aliases_.find(word); alias != aliases_.end()) {
      return ParseText(alias->second, type, nullptr);
    }
    if (!objects_.contains(word)) return Bad(word, "no such type or shape");
    type.base = Type::Base::kObject;
    type.shape = Want(word);
    return absl::OkStatus();
  }

  absl::Status ParseChoices(std::string_view words, Type& type) {
    type.choices_text = fmt::format("[{}]", words);
    type.base = Type::Base::kString;
    while (!words.empty()) {
      const std::string word = TakeWord(words);
      const std::optional<double> number = ParseNumber(word);
      if (number) {
        type.base = Type::Base::kInteger;
        type.go_type = "int";
        type.go_range = {-kTwo63, kTwo63};
        type.choices.push_back(Value::Number(*number));
      } else {
        type.choices.push_back(Value::String(schema_.texts_.emplace_back(word)));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ParseWord(std::string_view word, Type& type, Field::Printed* printed) {
    const std::string all(word);
    if (printed != nullptr && word == "always") {
      *printed = Field::Printed::kAlways;
    } else if (printed != nullptr && word == "nonzero") {
      *printed = Field::Printed::kWhenNonzero;
    } else if (printed != nullptr && word == "pointer") {
      *printed = Field::Printed::kWhenGiven;
    } else if (TakePrefix(word, "length=")) {
      if (!ParseRange(word, type.length)) return Bad(all, "not a range");
    } else if (TakePrefix(word, "range=")) {
      if (!ParseRange(word, type.range)) return Bad(all, "not a range");
    } else if (TakePrefix(word, "items=")) {
      if (!ParseRange(word, type.items)) return Bad(all, "not a range");
    } else if (TakePrefix(word, "default=")) {
      return ParseDefault(word == "''" ? "" : word, type);
    } else {
      return Bad(all, "not a word of the schema language");
    }
    return absl::OkStatus();
  }

  absl::Status ParseDefault(std::string_view text, Type& type) {
    if (type.base == Type::Base::kBool) {
      if (text != "true" && text != "false") return Bad(text, "not a bool");
      type.fallback = Value::Bool(text == "true");
    } else if (type.base == Type::Base::kInteger) {
      const std::optional<double> number = ParseNumber(text);
      if (!number) return Bad(text, "not a number");
      type.fallback = Value::Number(*number);
    } else if (type.base == Type::Base::kString) {
      type.fallback = Value::String(schema_.texts_.emplace_back(text));
    } else {
      return Bad(text, "a default for a type that takes none");
    }
    return absl::OkStatus();
  }

  Schema& schema_;
  std::map<std::string, YAML::Node> objects_;
  std::map<std::string, std::string> aliases_;
  std::set<std::string> shared_;
  std::vector<Shape*> pending_;
};

Schema::Schema() = default;
Schema::~Schema() = default;

const Field* Shape::Find(std::string_view member) const {
  for (const Field& field : fields) {
    if (field.name == member) return &field;
  }
  return nullptr;
}

absl::StatusOr<std::unique_ptr<Schema>> Schema::Compile(const model::TypeDescriptor& type,
                                                        const std::string& shared_shapes_yaml) {
  std::unique_ptr<Schema> schema(new Schema());
  try {
    SKYDEN_RETURN_IF_ERROR(Compiler(*schema).Run(type, shared_shapes_yaml));
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(e.what());
  }
  return schema;
}

}  // namespace skyden::resources::json
