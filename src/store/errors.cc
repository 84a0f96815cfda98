// SPDX-License-Identifier: Apache-2.0
#include "store/errors.h"

#include "fmt/format.h"
#include "skyden/base/quota_exceeded.h"
#include "skyden/base/status.h"
#include "skyden/base/storage_full.h"
#include "skyden/base/strings.h"

namespace skyden::store {
namespace {

std::string Describe(std::string_view type, const model::ResourceKey& key) {
  return key.mesh.empty() ? fmt::format("{} \"{}\"", type, key.name)
                          : fmt::format("{} \"{}\" in mesh \"{}\"", type, key.name, key.mesh);
}

}  // namespace

absl::Status ControlPlaneNotFound() { return absl::NotFoundError("control plane not found"); }
absl::Status ControlPlaneOfAnotherVersion() {
  return base::WithTitle(
      absl::FailedPreconditionError("the control plane became one of another version of Kuma while "
                                    "this was on its way: read it anew, and write it again"),
      "Conflict");
}
absl::Status AccountNotFound() { return absl::NotFoundError("account not found"); }
absl::Status TokenNotFound() { return absl::NotFoundError("token not found"); }
absl::Status PendingKeyNotFound() { return absl::NotFoundError("pending key not found"); }

absl::Status RoleNotFound() { return absl::NotFoundError("role not found"); }
absl::Status AuditDestinationNotFound() {
  return absl::NotFoundError("audit log destination not found");
}
absl::Status AuditWebhookNotFound() { return absl::NotFoundError("audit log webhook not found"); }
absl::Status OrganizationNotFound() { return absl::NotFoundError("organization not found"); }
absl::Status OrganizationNotEmpty() {
  return absl::FailedPreconditionError("the organization still owns control planes");
}
absl::Status OrganizationHoldsLastOperator() {
  return absl::FailedPreconditionError(
      "nobody could run the daemon any more: give an account of another organization the role "
      "Operator and a token first");
}
absl::Status ResourceNotFound(std::string_view type, const model::ResourceKey& key) {
  return absl::NotFoundError(fmt::format("{} not found", Describe(type, key)));
}

absl::Status ResourceExists(std::string_view type, const model::ResourceKey& key) {
  return absl::AlreadyExistsError(fmt::format("{} already exists", Describe(type, key)));
}

absl::Status RowExists(std::string_view what) {
  return absl::AlreadyExistsError(fmt::format("{} already exists", what));
}

absl::Status VersionMismatch(std::string_view type, const model::ResourceKey& key, uint64_t stored,
                             uint64_t expected) {
  return absl::AbortedError(
      fmt::format("{} is at version {}, not {}", Describe(type, key), stored, expected));
}

absl::Status ChangesCollected(model::Revision since, model::Revision collected) {
  return absl::OutOfRangeError(fmt::format(
      "deletions up to revision {} are no longer kept; cannot tell what changed since {}",
      collected, since));
}

absl::Status NotInHistory(model::Revision revision, model::Revision oldest,
                          model::Revision current) {
  if (revision > current) {
    return absl::OutOfRangeError(
        fmt::format("there is no revision {} yet: the newest is {}", revision, current));
  }
  return absl::OutOfRangeError(
      fmt::format("revision {} is no longer kept: the oldest is {}", revision, oldest));
}

absl::Status QuotaPassed(std::string_view what, uint64_t used, uint64_t limit, uint64_t more) {
  return base::QuotaExceeded(fmt::format(
      "the control plane's quota of {} {} would be passed: {} are there and {} more would come; "
      "delete some, or ask the operator for more (skyden cp quota)",
      limit, what, used, more));
}

absl::Status WriteQueueFull() {
  return absl::ResourceExhaustedError("too many writes are waiting; try again");
}
absl::Status DiskFull() {
  return base::StorageFull("the disk is full: make room; deleting still works");
}
absl::Status StoreClosed() { return absl::UnavailableError("the store is closed"); }

absl::Status WritesStopped(std::string_view reason) {
  return absl::UnavailableError(fmt::format("writes stopped: {}", reason));
}

absl::Status NotATenantsAccount() {
  return absl::InvalidArgumentError("the account is not bound to this control plane");
}

absl::Status TextNotKept() {
  return absl::InvalidArgumentError("text must be UTF-8 and hold no NUL");
}

absl::Status DatabaseUnreachable(std::string_view why) {
  return absl::UnavailableError(fmt::format("the database cannot be reached: {}", why));
}

absl::Status Internal(std::string_view what) { return absl::InternalError(base::ToAbsl(what)); }

}  // namespace skyden::store
