// SPDX-License-Identifier: Apache-2.0
// Where an organization has its audit sent: what may be a destination, which one is used, and what
// is sent once more. The sending is audit/sender.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/audit/endpoints.h"
#include "skyden/base/clock.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit_sending.h"
#include "skyden/store/store.h"

namespace skyden::audit {

// https://, or http:// where its host is this one. INVALID_ARGUMENT says why it is no endpoint.
absl::Status CheckEndpoint(const std::string& endpoint, Endpoints allowed);

inline constexpr size_t kDestinationsMax = 20;  // of an organization
inline constexpr size_t kDestinationNameBytes = 100;
inline constexpr size_t kEndpointBytes = 2048;
inline constexpr size_t kAuthorizationBytes = 4096;
inline constexpr absl::Duration kReplayMax = absl::Hours(24 * 31);  // from its beginning to its end

inline constexpr char kJsonFormat[] = "json";  // store::AuditLine
inline constexpr char kCefFormat[] = "cef";    // audit/cef.h

struct DestinationChange {
  std::optional<std::string> name{};
  std::optional<std::string> endpoint{};
  std::optional<std::string> authorization{};  // the header that goes along; empty: none
  std::optional<std::string> log_format{};     // one of those above; kJsonFormat without it
};

struct WebhookChange {
  std::optional<std::string> destination{};  // an id; empty: none
  std::optional<bool> enabled{};
};

// Where the audit goes; nullopt: nowhere, or to what is gone.
struct WebhookView {
  store::AuditWebhook webhook;
  std::optional<store::AuditDestination> destination;
};

// Thread-safe. Only administrators of the organization (PERMISSION_DENIED). INVALID_ARGUMENT with
// violations for what cannot be; NOT_FOUND. What it changes is told in the organization's audit,
// without secrets, and by that whoever sends hears of it. Blocks on the disk.
class Destinations {
 public:
  // Both outlive it.
  Destinations(store::Store& store, base::Clock& clock, Endpoints allowed)
      : store_(store), clock_(clock), allowed_(allowed) {}

  // Without what goes along, here and everywhere. Ordered by creation.
  absl::StatusOr<std::vector<store::AuditDestination>> List(
      const model::OrganizationScope& scope) const;
  absl::StatusOr<store::AuditDestination> Find(const model::OrganizationScope& scope,
                                               const std::string& id) const;
  // Name and endpoint must be there. ALREADY_EXISTS for a name that is taken; RESOURCE_EXHAUSTED
  // beyond kDestinationsMax.
  absl::StatusOr<store::AuditDestination> Create(const model::OrganizationScope& scope,
                                                 const DestinationChange& with) const;
  // One whose endpoint changes loses what went along, unless that is given anew: it was meant for
  // the other.
  absl::StatusOr<store::AuditDestination> Update(const model::OrganizationScope& scope,
                                                 const std::string& id,
                                                 const DestinationChange& change) const;
  // FAILED_PRECONDITION while the webhook uses it.
  absl::Status Delete(const model::OrganizationScope& scope, const std::string& id) const;

  absl::StatusOr<WebhookView> Webhook(const model::OrganizationScope& scope) const;
  // Once enabled, it begins with what is done from now on.
  absl::StatusOr<WebhookView> SetWebhook(const model::OrganizationScope& scope,
                                         const WebhookChange& change) const;

  absl::StatusOr<store::AuditReplay> Replay(const model::OrganizationScope& scope) const;
  // In the place of one that is under way. FAILED_PRECONDITION while nothing is sent anywhere.
  absl::StatusOr<store::AuditReplay> StartReplay(const model::OrganizationScope& scope,
                                                 absl::Time from, absl::Time to) const;

 private:
  store::Store& store_;
  base::Clock& clock_;
  const Endpoints allowed_;
};

}  // namespace skyden::audit
