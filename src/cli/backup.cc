// SPDX-License-Identifier: Apache-2.0
// `skyden backup`, of a daemon that runs, and `skyden restore`, into the folder of one that does
// not.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/settings.h"
#include "fmt/format.h"
#include "skyden/base/sha256_stream.h"
#include "skyden/base/status.h"
#include "skyden/cli/exit_codes.h"
#include "skyden/server/restore.h"
#include "skyden/store/backup_archive.h"

namespace skyden::cli {
namespace {

namespace fs = std::filesystem;

// How far it is, on one line of a terminal.
class BackupProgress {
 public:
  void Show(const char* what, uint64_t done, uint64_t all) {
    if (!watched_ || all == 0) return;
    const uint64_t percent = done * 100 / all;
    if (percent == percent_ && what == what_) return;
    what_ = what;
    percent_ = percent;
    std::cerr << fmt::format("\r{} {} MiB: {} % ", what, all >> 20, percent) << std::flush;
    shown_ = true;
  }
  ~BackupProgress() {
    if (shown_) std::cerr << '\n';
  }

 private:
  const bool watched_ = isatty(STDERR_FILENO) == 1;
  const char* what_ = "";
  uint64_t percent_ = 0;
  bool shown_ = false;
};

// Where a backup goes: standard output, or a file that has its name only once it is whole.
class Output {
 public:
  static absl::StatusOr<Output> Open(const std::string& to) {
    Output output;
    if (to == "-") {
      if (isatty(STDOUT_FILENO) == 1) {
        return UsageError("a backup is nothing for a terminal: name a file, or pipe it");
      }
      output.descriptor_ = STDOUT_FILENO;
      return output;
    }
    std::error_code failed;
    output.path_ = to;
    if (fs::is_directory(to, failed)) {
      const std::string now = absl::FormatTime("%Y%m%dT%H%M%SZ", absl::Now(), absl::UTCTimeZone());
      output.path_ = (fs::path(to) / fmt::format("skyden-{}.tar", now)).string();
    }
    output.next_ = fmt::format("{}.{}.part", output.path_, getpid());
    output.descriptor_ = open(output.next_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (output.descriptor_ < 0) return output.Says("make");
    return output;
  }
  Output(Output&& other) noexcept
      : path_(std::move(other.path_)),
        next_(std::exchange(other.next_, {})),
        descriptor_(std::exchange(other.descriptor_, -1)) {}
  Output& operator=(Output&&) = delete;
  ~Output() {
    if (next_.empty()) return;
    if (descriptor_ >= 0) close(descriptor_);
    unlink(next_.c_str());
  }

  absl::Status Add(std::string_view piece) {
    while (!piece.empty()) {
      const ssize_t written = write(descriptor_, piece.data(), piece.size());
      if (written < 0) return Says("write");
      piece.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }
  absl::Status Finish() {
    if (next_.empty()) return absl::OkStatus();
    if (fsync(descriptor_) != 0 || close(std::exchange(descriptor_, -1)) != 0) return Says("write");
    if (rename(next_.c_str(), path_.c_str()) != 0) return Says("name");
    next_.clear();
    return absl::OkStatus();
  }
  const std::string& path() const { return path_; }

 private:
  Output() = default;
  absl::Status Says(const char* what) const {
    return absl::UnavailableError(fmt::format("cannot {} {}: {}; nothing is left of it", what,
                                              path_.empty() ? "standard output" : path_,
                                              std::strerror(errno)));
  }

  std::string path_;
  std::string next_;
  int descriptor_ = -1;
};

struct BackupFlags {
  std::string to;
  std::string control_plane;
  uint64_t rate = 0;
};

// Takes the archive apart as it comes, and puts it together again without its notes.
class Receiver {
 public:
  explicit Receiver(Output& output)
      : output_(output),
        reader_({.on_note = [this](std::string_view note) { return OnNote(note); },
                 .on_manifest = [this](const std::string& json) { return OnManifest(json); },
                 .on_database = [this](std::string_view piece) { return OnDatabase(piece); }}) {}

  absl::Status Add(std::string_view piece) { return reader_.Add(piece); }
  absl::Status Finish() {
    const absl::Status whole = reader_.Finish();
    if (!whole.ok()) {
      return absl::UnavailableError(
          "the daemon ended before the backup was whole: does it still run?");
    }
    if (read_ != manifest_->bytes || digest_.TakeHex() != manifest_->sha256) {
      return absl::DataLossError("the backup was altered on its way");
    }
    SKYDEN_RETURN_IF_ERROR(output_.Add(store::ArchiveEnd(manifest_->bytes)));
    return output_.Finish();
  }
  const store::Manifest& manifest() const { return *manifest_; }

 private:
  absl::Status OnNote(std::string_view note) {
    constexpr std::string_view kFailed = "failed ";
    if (note.starts_with(kFailed)) {
      return absl::UnavailableError(
          fmt::format("the daemon made no backup: {}", Printable(note.substr(kFailed.size()))));
    }
    unsigned long long copied = 0;
    unsigned long long all = 0;
    if (std::sscanf(std::string(note).c_str(), "copied %llu %llu", &copied, &all) == 2) {
      progress_.Show("copying", copied, all);
    }
    return absl::OkStatus();
  }
  absl::Status OnManifest(const std::string& json) {
    SKYDEN_ASSIGN_OR_RETURN(manifest_, store::ParseManifest(json));
    return output_.Add(store::ArchiveBegin(json, manifest_->bytes));
  }
  absl::Status OnDatabase(std::string_view piece) {
    read_ += piece.size();
    digest_.Add(piece);
    progress_.Show("receiving", read_, manifest_->bytes);
    return output_.Add(piece);
  }

  Output& output_;
  store::ArchiveReader reader_;
  BackupProgress progress_;
  std::optional<store::Manifest> manifest_;
  base::Sha256Stream digest_;
  uint64_t read_ = 0;
};

Json BackupSummary(const store::Manifest& manifest) {
  uint64_t rows = 0;
  for (const auto& table : manifest.contents.tables) rows += table.rows;
  return {{"version", manifest.version},
          {"created", manifest.created},
          {"database", manifest.contents.database},
          {"schema", manifest.contents.schema},
          {"bytes", manifest.bytes},
          {"rows", rows},
          {"sha256", manifest.sha256},
          {"secrets_key", manifest.secrets_key}};
}

// What was exported is all that a control plane is, but for its name and who may come in.
absl::Status BackUpOne(const Context& context, const BackupFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(const std::string text,
                          client.Send("GET", ApiClient::PathOf(id) + "/ops/export?format=yaml"));
  SKYDEN_ASSIGN_OR_RETURN(Output output, Output::Open(flags.to));
  SKYDEN_RETURN_IF_ERROR(output.Add(text));
  SKYDEN_RETURN_IF_ERROR(output.Finish());
  if (flags.to == "-") return absl::OkStatus();
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format,
                  {{"control_plane", id}, {"bytes", text.size()}, {"file", output.path()}});
    return absl::OkStatus();
  }
  std::cout << fmt::format("{} holds {} KiB, and private keys: keep it as you would keep those.\n",
                           output.path(), (text.size() + 1023) / 1024);
  return absl::OkStatus();
}

absl::Status BackUp(const Context& context, const BackupFlags& flags, const ApiClient& client) {
  if (!flags.control_plane.empty()) return BackUpOne(context, flags, client);
  SKYDEN_ASSIGN_OR_RETURN(Output output, Output::Open(flags.to));
  Receiver receiver(output);
  absl::Status received;
  const absl::Status ended = client.Receive(
      "POST",
      flags.rate == 0 ? "/v3/backups" : fmt::format("/v3/backups?mib_per_second={}", flags.rate),
      [&](std::string_view piece) {
        received = receiver.Add(piece);
        return received.ok();
      });
  SKYDEN_RETURN_IF_ERROR(received);
  SKYDEN_RETURN_IF_ERROR(ended);
  SKYDEN_RETURN_IF_ERROR(receiver.Finish());
  if (flags.to == "-") return absl::OkStatus();
  Json summary = BackupSummary(receiver.manifest());
  summary["file"] = output.path();
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, summary);
    return absl::OkStatus();
  }
  std::cout << fmt::format(
      "{}: {} rows, {} MiB. Its secrets are sealed under the key {}, which is not in it: keep the\n"
      "daemon's secrets.key elsewhere.\n",
      output.path(), Cell(summary, "rows"), (receiver.manifest().bytes >> 20) + 1,
      receiver.manifest().secrets_key);
  return absl::OkStatus();
}

struct RestoreFlags {
  server::ConfigSources sources;
  std::string from;
};

int RunRestore(const Context& context, RestoreFlags& flags) {
  ReadVariables(flags.sources);
  const auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  std::ifstream file;
  if (flags.from != "-") file.open(flags.from, std::ios::binary);
  std::istream& in = flags.from == "-" ? std::cin : file;
  std::error_code unknown;
  if (!in || fs::is_directory(flags.from, unknown)) {
    return PrintError(UsageError(fmt::format("cannot read {}: name one backup", flags.from)));
  }
  BackupProgress progress;
  server::RestoreSource source;
  source.next = [&in]() -> absl::StatusOr<std::string> {
    std::string piece(1u << 20, '\0');
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (in.bad()) return absl::UnavailableError("the backup cannot be read");
    piece.resize(static_cast<size_t>(in.gcount()));
    return piece;
  };
  source.on_progress = [&](uint64_t read, uint64_t all) { progress.Show("reading", read, all); };
  const auto restored = server::Restore(*config, source);
  if (!restored.ok()) {
    const int failed = PrintError(restored.status());
    return absl::IsInvalidArgument(restored.status()) ? kExitUsage : failed;
  }
  Json summary = BackupSummary(restored->manifest);
  summary["audit_entries"] = restored->audit_entries;
  if (!restored->set_aside.empty()) summary["set_aside"] = restored->set_aside;
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, summary);
    return kExitDone;
  }
  std::cout << fmt::format(
      "The database is that of {}: {} rows, {} entries of the audit, all verified.\n",
      TimeCell(summary, "created"), restored->rows, restored->audit_entries);
  if (!restored->set_aside.empty()) {
    std::cout << fmt::format("The one that was there is {} now.\n", restored->set_aside);
  }
  std::cout << "Start the daemon: zones and watchers begin anew.\n";
  return kExitDone;
}

void AddBackup(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "backup", "copy the whole database of a daemon that runs, as it is at one moment");
  command->footer(
      "\nFor operators. Neither zones nor people wait for it. The file is a tar archive with a\n"
      "manifest and the database, verified on its way; it has its name only once it is whole.\n"
      "Secrets stay sealed in it: the key that opens them, secrets.key in the daemon's folder, is\n"
      "not in it. Keep that elsewhere: \"skyden restore\" needs it.\n"
      "With --control-plane it is an export of that one (YAML): every resource, with secrets and\n"
      "signing keys in the clear, so that tokens of zones and dataplanes stay good where it is\n"
      "imported (\"skyden import\"). Who may come in to it, and its audit, are not in that.\n"
      "On PostgreSQL use its own means: examples/postgres/README.md.\n"
      "\nExamples:\n"
      "  skyden backup --to /var/backups/skyden/\n"
      "  skyden backup --to - | zstd > skyden.tar.zst\n"
      "  skyden backup --control-plane demo --to demo.yaml");
  auto flags = std::make_shared<BackupFlags>();
  command->add_option("--to", flags->to, "a folder, a file, or \"-\" for standard output")
      ->required();
  command->add_option("--control-plane", flags->control_plane,
                      "only the resources of this one, by name or id");
  command->add_option("--rate", flags->rate, "MiB a second of the daemon's disk [64]")
      ->check(CLI::Range(1, 65'536));
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return BackUp(context, *flags, client);
  });
}

void AddRestore(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "restore", "make a backup the database of a data directory; no daemon may be running");
  command->footer(
      "\nLooks at everything before anything is replaced: the archive, its digests and seal, "
      "every\n"
      "page and row, the secrets key, the chains of the audit. The database that was there is set\n"
      "aside, not removed. Zones notice that the database went back and are told everything anew;\n"
      "watchers are told to begin anew. Tokens made since the backup are gone: \"skyden\n"
      "operator-token --write\" makes one for the operator.\n"
      "\nExamples:\n"
      "  skyden restore --from skyden-20260102T150405Z.tar --data-dir /var/lib/skyden\n"
      "  zstdcat skyden.tar.zst | skyden restore --from - --data-dir /var/lib/skyden");
  auto flags = std::make_shared<RestoreFlags>();
  command->add_option("--from", flags->from, "a backup, or \"-\" for standard input")->required();
  AddSettings(*command, flags->sources, [](std::string_view key) {
    return key == "data_dir" || key == "secrets_key_file" || key == "store";
  });
  AddOutput(*command, context);
  command->callback([&context, flags] { context.exit_code = RunRestore(context, *flags); });
}

}  // namespace

void AddBackupCommands(CLI::App& root, Context& context) {
  AddBackup(root, context);
  AddRestore(root, context);
}

}  // namespace skyden::cli
