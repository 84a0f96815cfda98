// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/takeover.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/postgres/table_target.h"
#include "store/rows/key_rows.h"
#include "store/sqlite/table_source.h"

namespace skyden::store {
namespace {

using postgres::TableTarget;
using sqlite::TableSource;

constexpr uint64_t kProgressEvery = 10'000;
constexpr char kSetAside[] = ".taken-over";

// What a database says of itself. Of that only the keys that something is sealed under are true of
// the other one too.
bool IsOfItself(const Table& table) { return table.name == "database"; }
bool IsTaken(const Table& table, std::span<const Param> row) {
  return !IsOfItself(table) || row.front().bytes().starts_with(rows::kKeyRow);
}

template <class Side>
absl::StatusOr<RowDigest> DigestOf(Side& side, const Table& table) {
  RowDigest digest;
  SKYDEN_RETURN_IF_ERROR(side.ForEach(table, [&](std::span<const Param> row) {
    if (IsTaken(table, row)) digest.Add(row);
    return absl::OkStatus();
  }));
  return digest;
}

class Run {
 public:
  Run(TableSource& source, TableTarget& target,
      const std::function<void(const std::string&, uint64_t)>& on_progress)
      : source_(source), target_(target), on_progress_(on_progress) {}

  absl::StatusOr<TakenOver> All() {
    SKYDEN_ASSIGN_OR_RETURN(taken_.was_there, AnyRows());
    for (const Table& table : source_.tables()) SKYDEN_RETURN_IF_ERROR(One(table));
    if (!taken_.was_there) SKYDEN_RETURN_IF_ERROR(target_.Commit());
    return std::move(taken_);
  }

 private:
  absl::StatusOr<bool> AnyRows() {
    for (const Table& table : source_.tables()) {
      if (IsOfItself(table)) continue;  // an opening writes that
      SKYDEN_ASSIGN_OR_RETURN(const bool has, target_.HasRows(table));
      if (has) return true;
    }
    return false;
  }

  absl::Status One(const Table& table) {
    RowDigest written;
    if (taken_.was_there) {
      SKYDEN_ASSIGN_OR_RETURN(written, DigestOf(source_, table));
    } else {
      SKYDEN_RETURN_IF_ERROR(Fill(table, written));
    }
    SKYDEN_ASSIGN_OR_RETURN(const RowDigest read, DigestOf(target_, table));
    on_progress_(table.name, written.rows());
    taken_.tables.push_back({table.name, written.rows(), written.hex()});
    if (read.rows() == written.rows() && read.hex() == written.hex()) return absl::OkStatus();
    if (taken_.was_there) {
      return absl::FailedPreconditionError(fmt::format(
          "the database on PostgreSQL holds other rows ({}): take an empty one", table.name));
    }
    return absl::DataLossError(
        fmt::format("{} rows of {} were written, {} read back, and they differ; nothing was kept",
                    written.rows(), table.name, read.rows()));
  }

  absl::Status Fill(const Table& table, RowDigest& written) {
    if (IsOfItself(table)) SKYDEN_RETURN_IF_ERROR(target_.Clear(table));
    SKYDEN_RETURN_IF_ERROR(target_.Begin(table));
    SKYDEN_RETURN_IF_ERROR(source_.ForEach(table, [&](std::span<const Param> row) {
      if (!IsTaken(table, row)) return absl::OkStatus();
      written.Add(row);
      if (written.rows() % kProgressEvery == 0) on_progress_(table.name, written.rows());
      return target_.Insert(row);
    }));
    return target_.End();
  }

  TableSource& source_;
  TableTarget& target_;
  const std::function<void(const std::string&, uint64_t)>& on_progress_;
  TakenOver taken_;
};

absl::Status SetAside(const std::string& directory) {
  for (const char* name : {"/skyden.db", "/skyden.state"}) {
    const std::string path = directory + name;
    std::error_code error;
    std::filesystem::rename(path, path + kSetAside, error);
    if (!error || error == std::errc::no_such_file_or_directory) continue;
    return absl::UnavailableError(fmt::format(
        "everything is taken over, but {} cannot be set aside: {}", path, error.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TakenOver> TakeOver(
    const std::string& directory, const HeldDatabase&, const std::string& owner,
    const std::function<void(const std::string& table, uint64_t rows)>& on_progress) {
  TakenOver taken;
  {
    SKYDEN_ASSIGN_OR_RETURN(const auto source, TableSource::Open(directory + "/skyden.db"));
    SKYDEN_ASSIGN_OR_RETURN(const auto target, TableTarget::Open(owner, source->tables()));
    SKYDEN_ASSIGN_OR_RETURN(taken, Run(*source, *target, on_progress).All());
  }
  SKYDEN_RETURN_IF_ERROR(SetAside(directory));
  return taken;
}

}  // namespace skyden::store
