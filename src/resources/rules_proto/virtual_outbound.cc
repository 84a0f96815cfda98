// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>

#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "resources/go/net.h"
#include "resources/go_template/template.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "skyden/base/strings.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_proto {
namespace {

using go_template::Data;
using kuma::mesh::v1alpha1::VirtualOutbound;

bool IsTemplateKey(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

void CheckParameters(const Path& path, const VirtualOutbound::Conf& conf, Report& report) {
  bool has_service = false;
  std::set<std::string> names;
  for (int i = 0; i < conf.parameters_size(); ++i) {
    const auto& parameter = conf.parameters(i);
    const Path at = path.Index(static_cast<size_t>(i));
    const Path name = at.Field("name");
    if (!names.insert(parameter.name()).second) report.Add(name, "name is already used");
    has_service = has_service || parameter.tag_key() == model::kServiceTag;
    if (!parameter.tag_key().empty()) {
      if (!IsTagName(parameter.tag_key())) {
        report.Add(at.Field("tagKey"), "must be a valid tag name");
      }
    } else if (!IsTagName(parameter.name())) {
      report.Add(name, "must be a valid tag name if you are not setting tagKey");
    }
    if (!IsTemplateKey(parameter.name())) {
      report.Add(name, "must consist of alphanumeric characters to be used as a gotemplate key");
    }
  }
  if (!has_service) {
    report.Add(path,
               fmt::format("must contain a parameter with {} as a tagKey", model::kServiceTag));
  }
}

// What every parameter would be if every tag were `sample`.
Data Samples(const VirtualOutbound::Conf& conf, const std::string& sample) {
  std::map<std::string, std::string> values;
  for (const auto& parameter : conf.parameters()) values[parameter.name()] = sample;
  return Data::Map({values.begin(), values.end()});
}

std::string NoDnsName(const std::string& result) {
  if (IsDnsName(result)) return "";
  return fmt::format(
      "evaluation of template with parameters didn't return a valid dns name result={}",
      GoQuote(result));
}

std::string NoPort(const std::string& result) {
  std::string_view digits = result;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int64_t port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool sign_twice = digits.size() < result.size() && digits.starts_with('-');
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || sign_twice) {
    return fmt::format(
        "evaluation of template with parameters didn't evaluate to a parsable number result={}",
        GoQuote(result));
  }
  if (port > 0 && port <= 65535) return "";
  return fmt::format(
      "evaluation of template returned a port outside of the range [1..65535] result={}", port);
}

// "" when the template gives what `problem` finds nothing wrong with.
std::string WhyNotTemplate(const std::string& source, const Data& values,
                           std::string (*problem)(const std::string&)) {
  const auto parsed = go_template::Template::Parse(source, {});
  if (!parsed.ok()) {
    return fmt::format("failed compiling gotemplate error={}",
                       GoQuote(base::ToStd(parsed.status().message())));
  }
  const auto text = parsed->Execute(values);
  if (text.ok()) return problem(*text);
  return fmt::format("pre evaluation of template with parameters failed with error={}",
                     GoQuote(base::ToStd(text.status().message())));
}

void CheckTemplate(const Path& path, const std::string& source, const Data& values,
                   std::string (*problem)(const std::string&), Report& report) {
  if (source.empty()) return report.Add(path, "has to be defined");
  const std::string error = WhyNotTemplate(source, values, problem);
  if (error.empty()) return;
  report.Add(path, fmt::format("template pre evaluation failed with error={}", GoQuote(error)));
}

}  // namespace

void Check(const VirtualOutbound& spec, Report& report) {
  CheckSelectors(Path("selectors"), spec.selectors(), AnyTags(), report);
  const Path path("conf");
  if (!spec.has_conf()) return report.Add(path, "has to be defined");
  const VirtualOutbound::Conf& conf = spec.conf();
  CheckParameters(path.Field("parameters"), conf, report);
  CheckTemplate(path.Field("host"), conf.host(), Samples(conf, "dummy"), NoDnsName, report);
  CheckTemplate(path.Field("port"), conf.port(), Samples(conf, "1"), NoPort, report);
}

}  // namespace skyden::resources::rules_proto
