// SPDX-License-Identifier: Apache-2.0
// Circuit breaker, fault injection, health check and rate limit.
#include <google/protobuf/util/message_differencer.h>

#include <array>

#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"
#include "resources/rules_proto/values.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_proto {
namespace {

using kuma::mesh::v1alpha1::CircuitBreaker;
using kuma::mesh::v1alpha1::FaultInjection;
using kuma::mesh::v1alpha1::HealthCheck;
using kuma::mesh::v1alpha1::RateLimit;

constexpr std::string_view kPercentRange = "has to be in [0.0 - 100.0] range";

bool HasDetectors(const CircuitBreaker::Conf::Detectors& d) {
  return d.has_totalerrors() || d.has_gatewayerrors() || d.has_localerrors() ||
         d.has_standarddeviation() || d.has_failure();
}

bool HasThresholds(const CircuitBreaker::Conf::Thresholds& t) {
  return t.has_maxconnections() || t.has_maxpendingrequests() || t.has_maxretries() ||
         t.has_maxrequests();
}

// The codes that Go's net/http knows a text for.
bool IsHttpStatus(uint32_t status) {
  static constexpr std::array<std::pair<uint32_t, uint32_t>, 12> kKnown = {{{100, 103},
                                                                            {200, 208},
                                                                            {226, 226},
                                                                            {300, 305},
                                                                            {307, 308},
                                                                            {400, 418},
                                                                            {421, 426},
                                                                            {428, 429},
                                                                            {431, 431},
                                                                            {451, 451},
                                                                            {500, 508},
                                                                            {510, 511}}};
  for (const auto& [first, last] : kKnown) {
    if (status >= first && status <= last) return true;
  }
  return false;
}

bool IsBandwidth(std::string_view text) {
  for (const std::string_view unit : {"gbps", "mbps", "kbps"}) {
    if (text.find(unit) != std::string_view::npos) return true;
  }
  return false;
}

// Present and saying anything at all.
template <class Fault>
bool IsSet(bool has, const Fault& fault) {
  return has &&
         !google::protobuf::util::MessageDifferencer::Equals(fault, Fault::default_instance());
}

void CheckAbort(const Path& path, const FaultInjection::Conf::Abort& abort, Report& report) {
  CheckPercentage(path, SKYDEN_OR_NULL(abort, percentage), report);
  const Path status = path.Field("httpStatus");
  if (!abort.has_httpstatus()) return report.Add(status, kEmpty);
  if (!IsHttpStatus(abort.httpstatus().value())) {
    report.Add(status, "http status code is incorrect");
  }
}

void CheckBandwidth(const Path& path, const FaultInjection::Conf::ResponseBandwidth& bandwidth,
                    Report& report) {
  CheckPercentage(path, SKYDEN_OR_NULL(bandwidth, percentage), report);
  const Path limit = path.Field("limit");
  if (!bandwidth.has_limit()) return report.Add(limit, kEmpty);
  if (!IsBandwidth(bandwidth.limit().value())) {
    report.Add(limit, "has to be in kbps/mbps/gbps units");
  }
}

void CheckHealthHttp(const Path& path, const HealthCheck::Conf::Http& http, Report& report) {
  if (http.path().empty()) {
    report.Add(path.Field("path"), "has to be defined and cannot be empty");
  }
  for (int i = 0; i < http.expected_statuses_size(); ++i) {
    const uint32_t status = http.expected_statuses(i).value();
    if (status >= 100 && status < 600) continue;
    report.Add(path.Field("expectedStatuses").Index(static_cast<size_t>(i)),
               "must be in range [100, 600)");
  }
  for (int i = 0; i < http.request_headers_to_add_size(); ++i) {
    const auto& option = http.request_headers_to_add(i);
    const Path header =
        path.Field("requestHeadersToAdd").Index(static_cast<size_t>(i)).Field("header");
    if (!option.has_header()) {
      report.Add(header, "has to be defined");
    } else if (option.header().key().empty()) {
      report.Add(header.Field("key"), kEmpty);
    }
  }
}

void CheckHealthConf(const Path& path, const HealthCheck::Conf& conf, Report& report) {
  CheckDuration(path.Field("interval"), SKYDEN_OR_NULL(conf, interval), report);
  CheckDuration(path.Field("timeout"), SKYDEN_OR_NULL(conf, timeout), report);
  CheckThreshold(path.Field("unhealthyThreshold"), conf.unhealthy_threshold(), report);
  CheckThreshold(path.Field("healthyThreshold"), conf.healthy_threshold(), report);
  if (conf.has_initial_jitter()) {
    CheckDuration(path.Field("initialJitter"), &conf.initial_jitter(), report);
  }
  if (conf.has_interval_jitter()) {
    CheckDuration(path.Field("intervalJitter"), &conf.interval_jitter(), report);
  }
  if (conf.has_no_traffic_interval()) {
    CheckDuration(path.Field("noTrafficInterval"), &conf.no_traffic_interval(), report);
  }
  const float panic = conf.healthy_panic_threshold().value();
  if (panic < 0 || panic > 100) {
    report.Add(path.Field("healthyPanicThreshold"), "must be in range [0.0 - 100.0]");
  }
  if (conf.has_http()) CheckHealthHttp(path.Field("http"), conf.http(), report);
  if (conf.has_tcp() && conf.has_http()) {
    report.Add(path, "http and tcp cannot be defined at the same time");
  }
}

void CheckRateHttp(const Path& path, const RateLimit::Conf::Http& http, Report& report) {
  if (http.requests() == 0) report.Add(path.Field("requests"), "requests must be set");
  if (!http.has_interval()) report.Add(path.Field("interval"), "interval must be set");
  for (int i = 0; i < http.onratelimit().headers_size(); ++i) {
    const auto& header = http.onratelimit().headers(i);
    const Path at = path.Field("onRateLimit").Field("header").Key(fmt::to_string(i));
    if (header.key().empty()) report.Add(at, "key must be set");
    if (header.value().empty()) report.Add(at, "value must be set");
  }
}

}  // namespace

void Check(const CircuitBreaker& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), ServiceTagToo(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), OnlyServiceTag(), report);
  const Path path("conf");
  const CircuitBreaker::Conf& conf = spec.conf();
  const bool detectors = HasDetectors(conf.detectors());
  const bool thresholds = HasThresholds(conf.thresholds());
  if (!detectors && !thresholds) {
    return report.Add(path, "must have at least one of the detector or threshold configured");
  }
  if (conf.has_detectors() && !detectors) report.Add(path.Field("detectors"), "can't be empty");
  if (conf.maxejectionpercent().value() > 100) {
    report.Add(path.Field("maxEjectionPercent"), std::string(kPercentRange));
  }
  if (conf.detectors().failure().threshold().value() > 100) {
    report.Add(path.Field("detectors.failure.threshold"), std::string(kPercentRange));
  }
  if (conf.has_thresholds() && !thresholds) report.Add(path.Field("thresholds"), "can't be empty");
}

void Check(const FaultInjection& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), AnyTags(), report);
  SelectorsRules destinations = AnyTags();
  destinations.tags.whole = [](const Path& path, const Tags& tags, Report& found) {
    const auto protocol = tags.find(model::kProtocolTag);
    if (protocol == tags.end()) return found.Add(path, "protocol must be specified");
    if (!IsHttpProtocol(protocol->second)) {
      found.Add(path.Key(model::kProtocolTag), "must be one of the [http, http2, grpc]");
    }
  };
  CheckSelectors(Path("destinations"), spec.destinations(), destinations, report);

  const Path path("conf");
  const FaultInjection::Conf& conf = spec.conf();
  const bool delay = IsSet(conf.has_delay(), conf.delay());
  const bool abort = IsSet(conf.has_abort(), conf.abort());
  const bool bandwidth = IsSet(conf.has_response_bandwidth(), conf.response_bandwidth());
  if (!delay && !abort && !bandwidth) {
    report.Add(path, "must have at least one of the faults configured");
  }
  if (delay) {
    CheckPercentage(path.Field("delay"), SKYDEN_OR_NULL(conf.delay(), percentage), report);
    if (!conf.delay().has_value()) report.Add(path.Field("delay.value"), kEmpty);
  }
  if (abort) CheckAbort(path.Field("abort"), conf.abort(), report);
  if (bandwidth) {
    CheckBandwidth(path.Field("responseBandwidth"), conf.response_bandwidth(), report);
  }
}

void Check(const HealthCheck& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), ServiceTagToo(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), OnlyServiceTag(), report);
  const Path path("conf");
  if (!spec.has_conf()) return report.Add(path, "has to be defined");
  CheckHealthConf(path, spec.conf(), report);
}

void Check(const RateLimit& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), AnyTags(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), AnyTags(), report);
  const Path path("conf");
  if (!spec.has_conf()) report.Add(path, "must have conf");
  if (spec.conf().has_http()) CheckRateHttp(path.Field("http"), spec.conf().http(), report);
}

}  // namespace skyden::resources::rules_proto
