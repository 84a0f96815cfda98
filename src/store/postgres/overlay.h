// SPDX-License-Identifier: Apache-2.0
// The session of a batch whose requests said what they will read: that is fetched in one round
// trip, requests run over it in memory, and what they write is sent together with the commit.
//
// A request that fails takes what it kept here with it, so nothing has to be undone in the
// database. What was not planned, or has an answer that only the database knows, is right all the
// same: what is kept is sent first, and then the statement.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "skyden/model/type_registry.h"
#include "store/postgres/connection.h"
#include "store/postgres/kept_writes.h"
#include "store/rows/batch.h"
#include "store/session.h"

namespace skyden::store::postgres {

// Thread-compatible: one thread at a time. Lives as long as one transaction of `connection`.
class Overlay final : public Session {
 public:
  Overlay(Connection& connection, const model::TypeRegistry& registry, Blueprint::Rows rows)
      : connection_(connection), registry_(registry), rows_together_(rows), kept_(rows) {}

  // Begins the transaction: opens the control planes of `requests` and fetches what was planned, in
  // one round trip. An error leaves a transaction that can only be rolled back.
  absl::Status Fetch(std::span<const rows::WriteRequest* const> requests);

  void BeginRequest();
  void KeepRequest();
  // False when something that the request wrote was sent: it is in the transaction.
  bool DropRequest();

  // What is kept goes out with whatever the connection sends next: the commit.
  absl::Status SendKept() { return kept_.Queue(connection_); }

  uint64_t changed() const override { return changed_; }

 private:
  using Key =
      std::tuple<int64_t, std::string, std::string, std::string>;  // tenant, type, mesh, name
  // A row of table `resource`, as find_resource has it.
  struct Stored {
    int64_t tenant = 0;
    std::string mesh, name, zone, labels, spec, status;
    int64_t created = 0, modified = 0, revision = 0, version = 0, deleted = 0;
  };
  class ResourceRow;
  class VersionRow;
  using ResourceId = WritePlan::Keys::value_type;
  struct WantedResource {
    Binding binding;
    const ResourceId* resource;
  };
  struct Wanted {
    std::vector<Binding> control_planes;  // queued already
    std::vector<WantedResource> resources;
    bool empty() const { return control_planes.empty() && resources.empty(); }
  };

  absl::Status FetchSome(const Wanted& wanted, size_t& bytes);
  // Of one control plane.
  absl::Status QueueFetch(std::span<const WantedResource> wanted);
  Key KeyOf(const WantedResource& wanted) const;
  size_t KeepFetched(const Binding& binding, const PGresult* result);
  absl::Status Execute(const Binding& binding, StatementId id, std::initializer_list<Param> params,
                       OnRow on_row) override;
  // nullopt when it is not known here.
  std::optional<absl::Status> Answer(const Binding& binding, StatementId id,
                                     std::span<const Param> params, OnRow on_row) const;
  std::optional<absl::Status> Open(const Binding& binding, OnRow on_row) const;
  // Whether it may be kept for later.
  bool Keep(const Binding& binding, StatementId id, std::span<const Param> params);
  bool Apply(const Binding& binding, StatementId id, std::span<const Param> params);
  void Put(Key key, Stored stored);
  absl::Status PassOn(const Binding& binding, StatementId id, std::initializer_list<Param> params,
                      OnRow on_row);
  absl::Status Flush();

  Connection& connection_;
  const model::TypeRegistry& registry_;
  const Blueprint::Rows rows_together_;
  // (organization, tenant) -> the row of open_tenant, or none.
  std::map<std::pair<int64_t, int64_t>, Result> opened_;
  std::map<Key, std::optional<Stored>> rows_;  // nullopt: there is none
  KeptWrites kept_;
  uint64_t changed_ = 0;

  // Of the request that runs.
  KeptWrites::Mark began_;
  bool sent_ = false;
  std::vector<std::pair<Key, std::optional<std::optional<Stored>>>> before_;
};

}  // namespace skyden::store::postgres
