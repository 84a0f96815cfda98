// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kuma/mesh/v1alpha1/traffic.pb.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::TrafficRoute;
using Http = TrafficRoute::Http;
using Modify = Http::Modify;

// Whether a map is there at all: `{}` counts when it was written so in JSON.
class Presence {
 public:
  explicit Presence(const JsonpbNotes& notes) : notes_(notes) {}
  template <class Map>
  bool Has(const Path& path, const Map& map) const {
    return !map.empty() || std::find(notes_.empty_maps.begin(), notes_.empty_maps.end(),
                                     path.str()) != notes_.empty_maps.end();
  }

 private:
  const JsonpbNotes& notes_;
};

TagRules DestinationRules() { return {.at_least_one = true, .require_service = true}; }

template <class Splits>
void CheckSplit(const Path& path, const Splits& splits, Report& report) {
  uint32_t total = 0;
  for (int i = 0; i < splits.size(); ++i) {
    const Path at = path.Index(static_cast<size_t>(i));
    if (!splits[i].has_weight()) report.Add(at.Field("weight"), "needs to be defined");
    total += splits[i].weight().value();
    CheckSelector(at.Field("destination"), ToTags(splits[i].destination()), DestinationRules(),
                  report);
  }
  if (total == 0) {
    report.Add(path, "there must be at least one split entry with weight above 0");
  }
}

// `owner` is a Conf or an Http: both send traffic either to a split or to one destination.
template <class Owner>
void CheckTargets(const Path& path, const Owner& owner, const Presence& presence, Report& report) {
  const bool split = !owner.split().empty();
  const Path destination_path = path.Field("destination");
  const bool destination = presence.Has(destination_path, owner.destination());
  if (!split && !destination) report.Add(path, R"(requires either "destination" or "split")");
  if (split && destination) {
    report.Add(path, R"("split" cannot be defined at the same time as "destination")");
  }
  if (split) CheckSplit(path.Field("split"), owner.split(), report);
  if (destination) {
    CheckSelector(destination_path, ToTags(owner.destination()), DestinationRules(), report);
  }
}

void CheckMatcher(const Path& path, const Http::Match::StringMatcher& matcher, Report& report) {
  switch (matcher.matcherType_case()) {
    case Http::Match::StringMatcher::kExact:
      break;
    case Http::Match::StringMatcher::kPrefix:
      if (matcher.prefix().empty()) report.Add(path.Field("prefix"), kEmpty);
      break;
    case Http::Match::StringMatcher::kRegex:
      if (matcher.regex().empty()) report.Add(path.Field("regex"), kEmpty);
      break;
    default:
      report.Add(path, R"(cannot be empty. Available options: "exact", "split" or "regex")");
  }
}

void CheckMatch(const Path& path, const Http::Match& match, const Presence& presence,
                Report& report) {
  const Path headers = path.Field("headers");
  const bool has_headers = presence.Has(headers, match.headers());
  if (!match.has_path() && !match.has_method() && !has_headers) {
    return report.Add(path,
                      "must be present and contain at least one of the elements: \"method\", "
                      "\"path\" or \"headers\"");
  }
  if (match.has_method()) CheckMatcher(path.Field("method"), match.method(), report);
  if (match.has_path()) CheckMatcher(path.Field("path"), match.path(), report);
  if (has_headers && match.headers().empty()) {
    report.Add(headers, "must contain at least one element");
  }
  std::map<std::string, const Http::Match::StringMatcher*> sorted;
  for (const auto& [name, matcher] : match.headers()) sorted[name] = &matcher;
  for (const auto& [name, matcher] : sorted) {
    if (name.empty()) report.Add(headers.Key(name), kEmpty);
    CheckMatcher(headers.Key(name), *matcher, report);
  }
}

void CheckReplacement(const Path& path, const Modify::RegexReplace& regex, Report& report) {
  if (regex.pattern().empty()) report.Add(path.Field("pattern"), kEmpty);
  if (regex.substitution().empty()) report.Add(path.Field("substitution"), kEmpty);
}

void CheckPathChange(const Path& path, const Modify::Path& change, const Http::Match& match,
                     Report& report) {
  switch (change.type_case()) {
    case Modify::Path::kRewritePrefix:
      if (change.rewriteprefix().empty()) {
        report.Add(path.Field("rewritePrefix"), kEmpty);
      } else if (match.path().prefix().empty()) {
        report.Add(path.Field("rewritePrefix"),
                   "can only be set when .http.match.path.prefix is not empty");
      }
      break;
    case Modify::Path::kRegex:
      CheckReplacement(path.Field("regex"), change.regex(), report);
      break;
    default:
      report.Add(path, R"(either "rewritePrefix" or "regex" has to be set)");
  }
}

void CheckHostChange(const Path& path, const Modify::Host& change, Report& report) {
  switch (change.type_case()) {
    case Modify::Host::kValue:
      if (change.value().empty()) report.Add(path.Field("value"), kEmpty);
      break;
    case Modify::Host::kFromPath:
      CheckReplacement(path.Field("fromPath"), change.frompath(), report);
      break;
    default:
      report.Add(path, R"(either "value" or "fromPath" has to be set)");
  }
}

void CheckHeaderName(const Path& path, std::string_view name, Report& report) {
  if (name.empty()) return report.Add(path, kEmpty);
  if (name[0] == ':' || name == "host" || name == "Host") {
    report.Add(path, "host header and HTTP/2 pseudo-headers are not allowed to be modified");
  }
}

void CheckHeaderChanges(const Path& path, const Modify::Headers& headers, Report& report) {
  for (int i = 0; i < headers.add_size(); ++i) {
    const Path at = path.Field("add").Index(static_cast<size_t>(i));
    CheckHeaderName(at.Field("name"), headers.add(i).name(), report);
    if (headers.add(i).value().empty()) report.Add(at.Field("value"), kEmpty);
  }
  for (int i = 0; i < headers.remove_size(); ++i) {
    const Path at = path.Field("remove").Index(static_cast<size_t>(i));
    CheckHeaderName(at.Field("name"), headers.remove(i).name(), report);
  }
}

void CheckHttp(const Path& path, const Http& http, const Presence& presence, Report& report) {
  CheckMatch(path.Field("match"), http.match(), presence, report);
  const Path modify = path.Field("modify");
  if (http.modify().has_path()) {
    CheckPathChange(modify.Field("path"), http.modify().path(), http.match(), report);
  }
  if (http.modify().has_host()) {
    CheckHostChange(modify.Field("host"), http.modify().host(), report);
  }
  if (http.modify().has_requestheaders()) {
    CheckHeaderChanges(modify.Field("requestHeaders"), http.modify().requestheaders(), report);
  }
  if (http.modify().has_responseheaders()) {
    CheckHeaderChanges(modify.Field("responseHeaders"), http.modify().responseheaders(), report);
  }
  CheckTargets(path, http, presence, report);
}

void CheckLoadBalancer(const TrafficRoute::LoadBalancer& balancer, Report& report) {
  const Path path("conf.loadBalancer");
  if (balancer.has_least_request() && balancer.least_request().choice_count() == 1) {
    report.Add(path.Field("leastRequest.choiceCount"), "value must be greater than or equal to 2");
  }
  if (balancer.has_ring_hash()) {
    const std::string& function = balancer.ring_hash().hash_function();
    if (function != "XX_HASH" && function != "MURMUR_HASH_2") {
      report.Add(path.Field("ringHash.hashFunction"), "must have a valid hash function");
    }
  }
}

}  // namespace

void Check(const TrafficRoute& spec, const JsonpbNotes& notes, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), ServiceTagToo(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), OnlyServiceTag(), report);
  const Path conf("conf");
  if (!spec.has_conf()) return report.Add(conf, kEmpty);
  const Presence presence(notes);
  CheckTargets(conf, spec.conf(), presence, report);
  for (int i = 0; i < spec.conf().http_size(); ++i) {
    CheckHttp(conf.Field("http").Index(static_cast<size_t>(i)), spec.conf().http(i), presence,
              report);
  }
  if (spec.conf().has_load_balancer()) CheckLoadBalancer(spec.conf().load_balancer(), report);
}

}  // namespace skyden::resources::rules_proto
