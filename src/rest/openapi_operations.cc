// SPDX-License-Identifier: Apache-2.0
#include "rest/openapi_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace skyden::rest {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kKumaErrors = "KumaErrorAnswer";
// What stands between the network and an operation: sign-in, limits of requests and queues.
constexpr std::array<std::string_view, 8> kAnyRequest = {"401", "408", "413", "415",
                                                         "429", "431", "503", "504"};
constexpr std::array<std::string_view, 3> kAnyOperation = {"400", "403", "404"};
// Of what changes something: a conflict, and a disk that is full.
constexpr std::array<std::string_view, 2> kAnyChange = {"409", "507"};
// What Kuma's framework answers in plain text.
constexpr std::array<std::string_view, 3> kPlainText = {"405", "406", "415"};

std::string_view DescriptionOf(const std::string& status) {
  if (status == "201") return "It was made.";
  if (status == "204") return "It is done.";
  return "As asked.";
}

// "route_kri" -> "RouteKri".
std::string InCapitals(std::string_view name) {
  std::string component;
  bool capital = true;
  for (const char c : name) {
    if (c == '_') {
      capital = true;
      continue;
    }
    component += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = false;
  }
  return component;
}

Json PathParameters(std::string_view path) {
  Json parameters = Json::array();
  for (size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1)) {
    const std::string_view name = path.substr(at + 1, path.find('}', at) - at - 1);
    parameters.push_back(OpenApiRef("parameters", InCapitals(name) + "Parameter"));
  }
  return parameters;
}

// "X", "X or text/plain", "text/plain", "anything", "none".
Json Content(std::string_view short_answer) {
  Json content = Json::object();
  while (!short_answer.empty()) {
    constexpr std::string_view kOr = " or ";
    const size_t end = std::min(short_answer.find(kOr), short_answer.size());
    const std::string_view one = short_answer.substr(0, end);
    short_answer.remove_prefix(std::min(end + kOr.size(), short_answer.size()));
    if (one == "none") continue;
    if (one.find('/') != std::string_view::npos) {
      content[std::string(one)] = {{"schema", {{"type", "string"}}}};
    } else if (one == "anything") {
      content["application/json"] = {{"schema", {{"description", "Any JSON."}}}};
    } else {
      content["application/json"] = {{"schema", OpenApiRef("schemas", one)}};
    }
  }
  return content;
}

Json Body(std::string_view schema, bool required) {
  return {{"required", required},
          {"content", {{"application/json", {{"schema", OpenApiRef("schemas", schema)}}}}}};
}

Json FilterParameter(std::string_view list, const model::FilterNames& names) {
  return {{"name", "filter"},
          {"in", "query"},
          {"description", names.labels ? "Only items that meet all; labels are labels.<key>."
                                       : "Only items that meet all."},
          {"style", "deepObject"},
          {"explode", true},
          {"schema", OpenApiRef("schemas", FilterSchemaName(list))}};
}

// One operation.
class Expander {
 public:
  Expander(const std::string& method, const Json& short_form, const OpenApiDefaults& defaults)
      : method_(method), short_(short_form), defaults_(defaults) {}

  Json Run() {
    Json full;
    full["tags"] = short_.value("tags", Json::array({defaults_.tag}));
    for (const char* member : {"operationId", "summary", "description", "security"}) {
      if (short_.contains(member)) full[member] = short_[member];
    }
    Json parameters = Parameters();
    if (!parameters.empty()) full["parameters"] = std::move(parameters);
    if (short_.contains("takes")) full["requestBody"] = Body(Text("takes"), true);
    if (short_.contains("may_take")) full["requestBody"] = Body(Text("may_take"), false);
    if (short_.contains("requestBody")) full["requestBody"] = short_["requestBody"];
    full["responses"] = Responses();
    return full;
  }

 private:
  std::string Text(const char* member) const { return short_[member].get<std::string>(); }

  Json Parameters() const {
    Json parameters = Json::array();
    for (const Json& name : short_.value("query", Json::array())) {
      parameters.push_back(OpenApiRef("parameters", name.get<std::string>() + "Parameter"));
    }
    if (short_.contains("filters")) {
      const std::string list = Text("filters");
      parameters.push_back(FilterParameter(list, defaults_.filters.at(list)));
    }
    for (const Json& parameter : short_.value("parameters", Json::array())) {
      parameters.push_back(parameter);
    }
    return parameters;
  }

  bool IsKumas() const { return defaults_.errors == kKumaErrors; }

  std::string_view ErrorOf(std::string_view status) const {
    const bool text = std::find(kPlainText.begin(), kPlainText.end(), status) != kPlainText.end();
    return IsKumas() && text ? "KumaRefusedAnswer" : std::string_view(defaults_.errors);
  }

  Json Responses() const {
    std::map<std::string, Json> by_status;
    const auto refuse = [&](std::string_view status) {
      by_status.emplace(status, OpenApiRef("responses", ErrorOf(status)));
    };
    const Json answers = short_.value("answers", Json::object());
    for (const auto& [status, answer] : answers.items()) {
      Json response = {{"description", DescriptionOf(status)}};
      Json content = Content(answer.get<std::string>());
      if (!content.empty()) response["content"] = std::move(content);
      by_status.emplace(status, std::move(response));
    }
    const Json in_full = short_.value("responses", Json::object());
    for (const auto& [status, answer] : in_full.items()) {
      by_status.emplace(status, answer);
    }
    for (const Json& status : short_.value("refuses", Json::array())) {
      refuse(status.get<std::string>());
    }
    for (const std::string_view status : kAnyRequest) refuse(status);
    for (const std::string_view status : kAnyOperation) refuse(status);
    if (IsKumas()) refuse("406");
    if (method_ != "get") {
      for (const std::string_view status : kAnyChange) refuse(status);
    }
    Json responses = Json::object();
    for (auto& [status, response] : by_status) responses[status] = std::move(response);
    return responses;
  }

  const std::string& method_;
  const Json& short_;
  const OpenApiDefaults& defaults_;
};

// Another path that leads to the same: its operations need names of their own.
Json Renamed(Json item, size_t number) {
  for (auto& [method, operation] : item.items()) {
    if (!operation.is_object()) continue;
    auto id = operation["operationId"].get<std::string>() + "Alias";
    if (number > 1) id += fmt::format("{}", number);
    operation["operationId"] = std::move(id);
  }
  return item;
}

}  // namespace

Json OpenApiRef(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

std::string FilterSchemaName(std::string_view list) { return InCapitals(list) + "Filter"; }

Json FilterSchema(const model::FilterNames& names) {
  Json schema = {{"type", "object"}, {"additionalProperties", false}};
  for (const std::string_view field : names.fields) {
    schema["properties"][std::string(field)] = OpenApiRef("schemas", "Condition");
  }
  if (names.labels) schema["additionalProperties"] = OpenApiRef("schemas", "Condition");
  return schema;
}

void AddPath(const std::string& path, const Json& short_item, const OpenApiDefaults& defaults,
             Json& paths) {
  Json item = Json::object();
  Json parameters = PathParameters(path);
  if (!parameters.empty()) item["parameters"] = std::move(parameters);
  for (const auto& [member, value] : short_item.items()) {
    if (member == "also" || member == "versions") continue;
    item[member] = value.is_object() ? Expander(member, value, defaults).Run() : value;
  }
  size_t number = 0;
  for (const Json& other : short_item.value("also", Json::array())) {
    paths[other.get<std::string>()] = Renamed(item, ++number);
  }
  paths[path] = std::move(item);
}

}  // namespace skyden::rest
