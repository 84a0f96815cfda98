// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::HttpMethod;
using kuma::mesh::v1alpha1::HttpRetryOn;
using kuma::mesh::v1alpha1::Retry;
using kuma::mesh::v1alpha1::Timeout;

constexpr const char* kFieldEmpty = "field cannot be empty";
constexpr const char* kDefined = "has to be defined";
constexpr const char* kPositive = "has to be greater than 0";
constexpr const char* kOneTimeout = "at least one timeout in section has to be defined";

void CheckBackOff(const Path& path, const Retry::Conf::BackOff& back_off, Report& report) {
  const Path base = path.Field("baseInterval");
  if (!back_off.has_base_interval()) return report.Add(base, kDefined);
  if (IsZero(back_off.base_interval())) return report.Add(base, kPositive);
  CheckPositive(path.Field("maxInterval"), SKYDEN_OR_NULL(back_off, max_interval), report);
}

// What HTTP and gRPC have in common.
template <class Conf>
void CheckAttempts(const Path& path, const Conf& conf, Report& report) {
  CheckPositive(path.Field("numRetries"), SKYDEN_OR_NULL(conf, num_retries), report);
  CheckPositive(path.Field("perTryTimeout"), SKYDEN_OR_NULL(conf, per_try_timeout), report);
  if (conf.has_back_off()) CheckBackOff(path.Field("backOff"), conf.back_off(), report);
}

template <class Conf>
bool SaysNothing(const Conf& conf) {
  return !conf.has_num_retries() && !conf.has_per_try_timeout() && !conf.has_back_off() &&
         conf.retry_on().empty();
}

void CheckHttp(const Path& path, const Retry::Conf::Http& conf, Report& report) {
  if (SaysNothing(conf) && conf.retriable_status_codes().empty() &&
      conf.retriable_methods().empty()) {
    report.Add(path, kFieldEmpty);
  }
  CheckAttempts(path, conf, report);
  for (int i = 0; i < conf.retriable_methods_size(); ++i) {
    if (conf.retriable_methods(i) != HttpMethod::NONE) continue;
    report.Add(path.Field("retriableMethods").Index(static_cast<size_t>(i)), kFieldEmpty);
  }
  for (int i = 0; i < conf.retry_on_size(); ++i) {
    if (conf.retry_on(i) != HttpRetryOn::retriable_status_codes) continue;
    if (!conf.retriable_status_codes().empty()) continue;
    report.Add(path.Field("retryOn").Index(static_cast<size_t>(i)),
               "retriableStatusCodes cannot be empty when this option is specified");
  }
}

// Go prints an enum value without a name as its number.
std::string NameOf(Retry::Conf::Grpc::RetryOn value) {
  const std::string& name = Retry::Conf::Grpc::RetryOn_Name(value);
  return name.empty() ? fmt::to_string(static_cast<int>(value)) : name;
}

void CheckGrpc(const Path& path, const Retry::Conf::Grpc& conf, Report& report) {
  if (SaysNothing(conf)) report.Add(path, kFieldEmpty);
  std::map<std::string, std::vector<int>> places;
  for (int i = 0; i < conf.retry_on_size(); ++i) places[NameOf(conf.retry_on(i))].push_back(i);
  std::set<std::string> repeated;
  for (const auto& [name, indexes] : places) {
    if (indexes.size() < 2) continue;
    repeated.insert(
        fmt::format("repeated value {} at indexes [{}]", GoQuote(name), fmt::join(indexes, ", ")));
  }
  for (const std::string& reason : repeated) report.Add(path.Field("retryOn"), reason);
  CheckAttempts(path, conf, report);
}

}  // namespace

void Check(const Retry& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), ServiceTagToo(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), OnlyServiceTag(), report);
  const Path path("conf");
  if (!spec.has_conf()) return report.Add(path, kDefined);
  const Retry::Conf& conf = spec.conf();
  if (!conf.has_http() && !conf.has_grpc() && !conf.has_tcp()) {
    return report.Add(path, "missing protocol [grpc|http|tcp] configuration");
  }
  if (conf.has_http()) CheckHttp(path.Field("http"), conf.http(), report);
  if (conf.has_grpc()) CheckGrpc(path.Field("grpc"), conf.grpc(), report);
  if (conf.has_tcp() && conf.tcp().max_connect_attempts() == 0) {
    report.Add(path.Field("tcp.maxConnectAttempts"), kPositive);
  }
}

void Check(const Timeout& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), ServiceTagToo(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), OnlyServiceTag(), report);
  const Path path("conf");
  if (!spec.has_conf()) return report.Add(path, kDefined);
  const Timeout::Conf& conf = spec.conf();
  if (const Path tcp = path.Field("tcp"); conf.has_tcp()) {
    if (!conf.tcp().has_idle_timeout()) {
      report.Add(tcp, kOneTimeout);
    } else if (IsZero(conf.tcp().idle_timeout())) {
      report.Add(tcp.Field("idleTimeout"), kPositive);
    }
  }
  if (const Path http = path.Field("http"); conf.has_http()) {
    const Timeout::Conf::Http& section = conf.http();
    if (!section.has_request_timeout() && !section.has_idle_timeout()) {
      report.Add(http, kOneTimeout);
    }
    CheckPositive(http.Field("requestTimeout"), SKYDEN_OR_NULL(section, request_timeout), report);
    CheckPositive(http.Field("idleTimeout"), SKYDEN_OR_NULL(section, idle_timeout), report);
  }
  if (const Path grpc = path.Field("grpc"); conf.has_grpc()) {
    const Timeout::Conf::Grpc& section = conf.grpc();
    if (!section.has_stream_idle_timeout() && !section.has_max_stream_duration()) {
      report.Add(grpc, kOneTimeout);
    }
    CheckPositive(grpc.Field("streamIdleTimeout"), SKYDEN_OR_NULL(section, stream_idle_timeout),
                  report);
    CheckPositive(grpc.Field("maxStreamDuration"), SKYDEN_OR_NULL(section, max_stream_duration),
                  report);
  }
}

}  // namespace skyden::resources::rules_proto
