// SPDX-License-Identifier: Apache-2.0
#include "agent/simulation_report.h"

#include <nlohmann/json.hpp>

#include "fmt/format.h"
#include "skyden/base/visible.h"

namespace skyden::agent {
namespace {

using Json = nlohmann::json;

std::string Line(const Json& object) {
  // No text of the control plane may play with the terminal.
  return base::Visible(object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string CodeName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    case grpc::StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    default:
      return fmt::format("code {}", static_cast<int>(code));
  }
}

}  // namespace

SimulationReport::SimulationReport(ReportOptions options, base::Clock& clock, std::ostream& out)
    : options_(options), clock_(clock), started_(clock.Monotonic()), out_(out) {}

void SimulationReport::PrintReceived(const std::string& zone_name, const Response& response,
                                     bool first) {
  if (options_.json) {
    for (const ReceivedResource& r : response.resources) {
      out_ << Line({{"event", "received"},
                    {"zone", zone_name},
                    {"type", response.type},
                    {"mesh", r.mesh},
                    {"name", r.name},
                    {"display_name", r.display_name},
                    {"first", first}})
           << '\n';
    }
    for (const std::string& name : response.removed) {
      out_ << Line({{"event", "removed"},
                    {"zone", zone_name},
                    {"type", response.type},
                    {"name", name}})
           << '\n';
    }
  } else {
    std::string names;
    for (const ReceivedResource& r : response.resources) {
      names += " " + base::Visible(r.display_name);
    }
    if (!names.empty()) {
      out_ << fmt::format("{}: {} {}:{}\n", zone_name, first ? "received" : "now has",
                          response.type, names);
    }
    for (const std::string& name : response.removed) {
      out_ << fmt::format("{}: no longer has {}: {}\n", zone_name, response.type,
                          base::Visible(name));
    }
  }
  out_.flush();
}

void SimulationReport::OnReceived(const std::string& zone_name, const Response& response,
                                  bool first) {
  absl::MutexLock lock(&mu_);
  received_[response.type] += response.resources.size();
  if (options_.events) PrintReceived(zone_name, response, first);
}

bool SimulationReport::CompleteLocked() const {
  return synced_.size() == options_.zones &&
         (!options_.dataplanes || taken_.size() == options_.zones);
}

void SimulationReport::OnSynced(const std::string& zone_name) {
  absl::MutexLock lock(&mu_);
  synced_.insert(zone_name);
  if (CompleteLocked()) complete_after_ = clock_.Monotonic() - started_;
  if (!options_.events) return;
  if (options_.json) {
    out_ << Line({{"event", "synced"}, {"zone", zone_name}}) << '\n';
  } else {
    out_ << fmt::format("{}: in sync\n", zone_name);
  }
  out_.flush();
}

void SimulationReport::OnAnswered(const std::string& zone_name, const std::string& type, int count,
                                  const std::optional<std::string>& error) {
  absl::MutexLock lock(&mu_);
  if (error.has_value()) {
    ++refusals_;
    last_error_ = *error;
  } else if (type == "Dataplane") {
    taken_.insert(zone_name);
    dataplanes_ += static_cast<uint64_t>(count);
    if (CompleteLocked()) complete_after_ = clock_.Monotonic() - started_;
  }
  if (!options_.events || (count == 0 && !error.has_value())) return;
  if (options_.json) {
    Json line = {{"event", error.has_value() ? "refused" : "accepted"},
                 {"zone", zone_name},
                 {"type", type},
                 {"count", count}};
    if (error.has_value()) line["error"] = *error;
    out_ << Line(line) << '\n';
  } else if (error.has_value()) {
    out_ << fmt::format("{}: the control plane refused {}: {}\n", zone_name, type,
                        base::Visible(*error));
  } else {
    out_ << fmt::format("{}: the control plane took {} {}\n", zone_name, count, type);
  }
  out_.flush();
}

void SimulationReport::OnDisconnected(const std::string& zone_name, const grpc::Status& why) {
  absl::MutexLock lock(&mu_);
  ++disconnects_;
  synced_.erase(zone_name);
  taken_.erase(zone_name);
  last_error_ = fmt::format("{}: {}", CodeName(why.error_code()), why.error_message());
  refused_ = refused_ || why.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
             why.error_code() == grpc::StatusCode::PERMISSION_DENIED;
  if (!options_.events) return;
  if (options_.json) {
    out_ << Line({{"event", "disconnected"}, {"zone", zone_name}, {"error", last_error_}}) << '\n';
  } else {
    out_ << fmt::format("{}: disconnected: {}\n", zone_name, base::Visible(last_error_));
  }
  out_.flush();
}

bool SimulationReport::complete() const {
  absl::MutexLock lock(&mu_);
  return CompleteLocked();
}

bool SimulationReport::refused() const {
  absl::MutexLock lock(&mu_);
  return refused_;
}

void SimulationReport::PrintSummary() {
  absl::MutexLock lock(&mu_);
  uint64_t resources = 0;
  for (const auto& [type, count] : received_) resources += count;
  const bool done = complete_after_ < absl::InfiniteDuration();
  if (options_.json) {
    Json line = {{"event", "summary"},       {"zones", options_.zones},
                 {"synced", synced_.size()}, {"resources", resources},
                 {"received", received_},    {"dataplanes", dataplanes_},
                 {"refusals", refusals_},    {"disconnects", disconnects_}};
    if (done) line["seconds"] = absl::ToDoubleSeconds(complete_after_);
    if (!last_error_.empty()) line["last_error"] = last_error_;
    out_ << Line(line) << std::endl;
    return;
  }
  out_ << fmt::format(
      "{} of {} zones in sync{}: {} resources received, {} dataplanes accepted", synced_.size(),
      options_.zones,
      done ? fmt::format(" after {:.2f} s", absl::ToDoubleSeconds(complete_after_)) : "", resources,
      dataplanes_);
  if (disconnects_ > 0) out_ << fmt::format(", {} disconnects", disconnects_);
  if (!last_error_.empty()) out_ << fmt::format("\nlast error: {}", base::Visible(last_error_));
  out_ << std::endl;
}

}  // namespace skyden::agent
