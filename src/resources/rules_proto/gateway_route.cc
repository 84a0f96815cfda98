// SPDX-License-Identifier: Apache-2.0
#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "resources/rules_proto/address_rules.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::HttpMethod;
using kuma::mesh::v1alpha1::MeshGatewayRoute;
using HttpRoute = MeshGatewayRoute::HttpRoute;
using Match = HttpRoute::Match;
using Filter = HttpRoute::Filter;

void CheckBackend(const Path& path, const MeshGatewayRoute::Backend& backend, Report& report) {
  CheckSelector(path, ToTags(backend.destination()), ServiceTagToo().tags, report);
}

void CheckMatchPath(const Path& path, const Match::Path& match, Report& report) {
  const Path value = path.Field("value");
  if (match.match() == Match::Path::REGEX) {
    if (match.value().empty()) report.Add(value, kEmpty);
  } else if (!match.value().starts_with('/')) {
    report.Add(value, "must be an absolute path");
  }
}

void CheckMatch(const Path& path, const Match& match, Report& report) {
  if (!match.has_path() && match.method() == HttpMethod::NONE && match.headers().empty() &&
      match.query_parameters().empty()) {
    report.Add(path, kEmpty);
  }
  if (match.has_path()) CheckMatchPath(path, match.path(), report);
  for (int i = 0; i < match.headers_size(); ++i) {
    const Match::Header& header = match.headers(i);
    const Path at = path.Field("headers").Index(static_cast<size_t>(i));
    if (header.name().empty()) report.Add(at.Field("name"), kEmpty);
    const bool valueless =
        header.match() == Match::Header::ABSENT || header.match() == Match::Header::PRESENT;
    if (valueless && !header.value().empty()) report.Add(at.Field("value"), "cannot be set");
    if (!valueless && header.value().empty()) report.Add(at.Field("value"), kEmpty);
  }
  for (int i = 0; i < match.query_parameters_size(); ++i) {
    const Match::Query& query = match.query_parameters(i);
    const Path at = path.Field("query_parameters").Index(static_cast<size_t>(i));
    if (query.name().empty()) report.Add(at.Field("name"), kEmpty);
    if (query.value().empty()) report.Add(at.Field("value"), kEmpty);
  }
}

// What a filter has to know of the rule around it.
struct RuleFacts {
  bool matches_prefix = false;
  bool rewrites_host = false;
};

template <class Headers>
void CheckHeaders(const Path& path, const Headers& headers, const RuleFacts& facts,
                  Report& report) {
  for (int i = 0; i < headers.size(); ++i) {
    const std::string& name = headers[i].name();
    const Path at = path.Index(static_cast<size_t>(i));
    if (name.empty()) {
      report.Add(at.Field("name"), kEmpty);
    } else if (facts.rewrites_host && (name == ":authority" || name == "Host" || name == "host")) {
      report.Add(at, fmt::format("cannot modify '{}' header, when route has set "
                                 "'rewrite.host_to_backend_hostname' option",
                                 name));
    }
    if (headers[i].value().empty()) report.Add(at.Field("value"), kEmpty);
  }
}

void CheckRequestHeader(const Path& path, const Filter::HeaderFilter& filter,
                        const RuleFacts& facts, Report& report) {
  if (filter.set().empty() && filter.add().empty() && filter.remove().empty()) {
    report.Add(path, kEmpty);
  }
  CheckHeaders(path.Field("set"), filter.set(), facts, report);
  CheckHeaders(path.Field("add"), filter.add(), facts, report);
  for (int i = 0; i < filter.remove_size(); ++i) {
    if (filter.remove(i).empty()) {
      report.Add(path.Field("remove").Index(static_cast<size_t>(i)), kEmpty);
    }
  }
}

void CheckFilter(const Path& path, const Filter& filter, const RuleFacts& facts, Report& report) {
  if (filter.has_request_header()) {
    CheckRequestHeader(path.Field("request_header"), filter.request_header(), facts, report);
  } else if (filter.has_redirect()) {
    const Path at = path.Field("redirect");
    const Filter::Redirect& redirect = filter.redirect();
    if (redirect.port() > 0) CheckPort(at.Field("port"), redirect.port(), report);
    if (redirect.status_code() < 300 || redirect.status_code() > 308) {
      report.Add(at.Field("status_code"), "must be in the range [300, 308]");
    }
  } else if (filter.has_mirror()) {
    const Path at = path.Field("mirror");
    CheckPercentage(at, SKYDEN_OR_NULL(filter.mirror(), percentage), report);
    if (filter.mirror().has_backend()) {
      CheckBackend(at.Field("backend"), filter.mirror().backend(), report);
    } else {
      report.Add(at.Field("backend"), kEmpty);
    }
  } else if (filter.has_rewrite()) {
    if (filter.rewrite().path_case() == Filter::Rewrite::kReplacePrefixMatch &&
        !facts.matches_prefix) {
      report.Add(path.Field("rewrite.replacePrefixMatch"),
                 "cannot be used without a match on path prefix");
    }
  }
}

// Filters that only turn the host around are told of to the others and not counted: the indexes
// of those that follow move up.
bool CheckFilters(const Path& path, const HttpRoute::Rule& rule, RuleFacts facts, Report& report) {
  std::vector<const Filter*> counted;
  for (const Filter& filter : rule.filters()) {
    if (filter.rewrite().host_to_backend_hostname()) {
      facts.rewrites_host = true;
    } else {
      counted.push_back(&filter);
    }
  }
  bool redirects = false;
  for (size_t i = 0; i < counted.size(); ++i) {
    redirects = redirects || counted[i]->has_redirect();
    CheckFilter(path.Index(i), *counted[i], facts, report);
  }
  return redirects;
}

void CheckRule(const Path& path, const HttpRoute::Rule& rule, Report& report) {
  if (rule.matches().empty()) return report.Add(path.Field("matches"), kEmpty);
  RuleFacts facts;
  for (int i = 0; i < rule.matches_size(); ++i) {
    const Match& match = rule.matches(i);
    CheckMatch(path.Field("matches").Index(static_cast<size_t>(i)), match, report);
    facts.matches_prefix =
        facts.matches_prefix || (match.has_path() && match.path().match() == Match::Path::PREFIX);
  }
  const bool redirects = CheckFilters(path.Field("filters"), rule, facts, report);
  if (redirects && rule.filters_size() != 1) {
    return report.Add(path.Field("filters"), "redirects cannot be used with other filters");
  }
  const Path backends = path.Field("backends");
  if (rule.backends().empty() && !redirects) report.Add(backends, kEmpty);
  if (!rule.backends().empty() && redirects) {
    report.Add(backends, "must be empty when using redirect filters");
  }
  for (int i = 0; i < rule.backends_size(); ++i) {
    CheckBackend(backends.Index(static_cast<size_t>(i)), rule.backends(i), report);
  }
}

}  // namespace

void Check(const MeshGatewayRoute& spec, Report& report) {
  CheckSelectors(Path("selectors"), spec.selectors(), ServiceTagToo(), report);
  const Path path("conf");
  if (spec.conf().route_case() == MeshGatewayRoute::Conf::ROUTE_NOT_SET) {
    report.Add(path, kEmpty);
  }
  if (!spec.conf().has_http()) return;
  const Path rules = path.Field("http.rules");
  if (spec.conf().http().rules().empty()) report.Add(rules, kEmpty);
  for (int i = 0; i < spec.conf().http().rules_size(); ++i) {
    CheckRule(rules.Index(static_cast<size_t>(i)), spec.conf().http().rules(i), report);
  }
}

}  // namespace skyden::resources::rules_proto
