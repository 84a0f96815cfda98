// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_power.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "store/postgres/wire.h"

namespace skyden::store::testing {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSectorBytes = 512;
constexpr absl::Duration kPatience = absl::Minutes(2);

std::string FindBin() {
  if (const char* named = std::getenv("SKYDEN_POSTGRES_BIN")) return named;
  std::string found;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const std::string bin = version.path().string() + "/bin";
    if (access((bin + "/initdb").c_str(), X_OK) == 0) found = std::max(found, bin);
  }
  return found;
}

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string Image(const std::string& now, const std::string& synced, std::mt19937_64& random) {
  if (now == synced) return now;
  // Half of the cuts treat all sectors of a file alike: that nothing, or everything, got through is
  // what a disk does most often.
  const uint64_t mode = random() % 4;
  if (mode == 0) return synced;
  if (mode == 1) return now;
  std::string image = now;
  const std::string before = synced + std::string(std::max(now.size(), synced.size()), '\0');
  for (size_t at = 0; at < now.size(); at += kSectorBytes) {
    const size_t size = std::min(kSectorBytes, now.size() - at);
    if (random() % 2 == 0) image.replace(at, size, before, at, size);
  }
  if (random() % 2 == 0) image.resize(synced.size(), '\0');
  return image;
}

}  // namespace

bool PowerServer::IsThere() { return !FindBin().empty(); }

PowerServer::PowerServer(std::vector<std::string> settings)
    : settings_(std::move(settings)),
      bin_(FindBin()),
      user_(geteuid()),
      group_(getegid()),
      folder_(std::make_unique<TempDir>()) {
  if (user_ == 0) {  // the server refuses to run as root
    const passwd* other = getpwnam("postgres");
    if (other == nullptr) other = getpwnam("nobody");
    REQUIRE(other != nullptr);
    user_ = other->pw_uid;
    group_ = other->pw_gid;
  }
  REQUIRE(chmod(folder_->path().c_str(), 0700) == 0);
  REQUIRE(chown(folder_->path().c_str(), user_, group_) == 0);
  // Where the server's user can read it.
  fs::copy_file(SKYDEN_POWER_SHIM, *folder_ / "shim.so");
  fs::permissions(*folder_ / "shim.so", fs::perms(0755));
  const int file = open((*folder_ / "shared").c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(file >= 0);
  REQUIRE(ftruncate(file, sizeof(PowerShared)) == 0);
  REQUIRE(fchown(file, user_, group_) == 0);
  void* const at = mmap(nullptr, sizeof(PowerShared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  REQUIRE(at != MAP_FAILED);
  shared_ = static_cast<PowerShared*>(at);
  MakeTemplate();
}

PowerServer::~PowerServer() {
  if (server_ > 0) {
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
  }
  munmap(shared_, sizeof(PowerShared));
}

pid_t PowerServer::Run(const std::vector<std::string>& arguments, bool preloaded) const {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child > 0) return child;
  std::vector<std::string> words = arguments;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int log = open((*folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setgid(group_) != 0 || setuid(user_) != 0)) {
    _exit(126);
  }
  if (chdir(folder_->path().c_str()) != 0) _exit(126);
  if (preloaded) {
    setenv("LD_PRELOAD", (*folder_ / "shim.so").c_str(), 1);
    setenv("SKYDEN_POWER", folder_->path().c_str(), 1);
  }
  execv(argv[0], argv.data());
  _exit(127);
}

void PowerServer::RunToEnd(const std::vector<std::string>& arguments) const {
  int status = 0;
  waitpid(Run(arguments, false), &status, 0);
  INFO(log());
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

// Small segments: each sync of one keeps all of it.
void PowerServer::MakeTemplate() {
  RunToEnd({bin_ + "/initdb", "-D", DataDir(), "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync", "--no-instructions", "--wal-segsize=1"});
  TakeBase();
  REQUIRE(Start(0));
  {
    auto wire = postgres::Wire::Connect({Connection("postgres", "postgres"), "", kPatience});
    REQUIRE(wire.ok());
    REQUIRE((*wire)
                ->RunScript("CREATE DATABASE skyden TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE"
                            " 'C' LC_CTYPE 'C'",
                            "make a database")
                .ok());
  }
  const absl::Status migrated = MigratePostgres(Connection("postgres", "skyden"), "");
  INFO(migrated);
  REQUIRE(migrated.ok());
  Stop();
  fs::rename(DataDir(), *folder_ / "template");
}

std::string PowerServer::Connection(const std::string& user, const std::string& database) const {
  return fmt::format("host={} user={} dbname={}", folder_->path(), user, database);
}

PostgresLogins PowerServer::logins() const {
  return {Connection("skyden_app", "skyden"), Connection("skyden_system", "skyden"), ""};
}

std::string PowerServer::log() const {
  const std::string all = ReadWhole(*folder_ / "log");
  return all.size() > 3000 ? all.substr(all.size() - 3000) : all;
}

void PowerServer::Fresh() {
  fs::remove_all(DataDir());
  RunToEnd({"/bin/cp", "-a", *folder_ / "template", DataDir()});
  TakeBase();
}

void PowerServer::TakeBase() {
  const std::string kept = *folder_ / "base";
  const std::string synced = *folder_ / "synced";
  fs::remove_all(kept);
  RunToEnd({"/bin/cp", "-a", DataDir(), kept});
  fs::remove_all(synced);
  REQUIRE(mkdir(synced.c_str(), 0700) == 0);
  REQUIRE(chown(synced.c_str(), user_, group_) == 0);
  base_.clear();
  for (const auto& file : fs::recursive_directory_iterator(DataDir())) {
    struct stat info {};
    if (!file.is_regular_file() || stat(file.path().c_str(), &info) != 0) continue;
    base_[info.st_ino] = kept + file.path().string().substr(DataDir().size());
  }
}

bool PowerServer::Start(int64_t cut_at) {
  shared_->calls = 0;
  shared_->happened = 0;
  shared_->lock = 0;
  shared_->processes = 0;
  shared_->cut_at = cut_at;
  std::vector<std::string> arguments = {bin_ + "/postgres", "-D", DataDir()};
  std::vector<std::string> all = {
      "listen_addresses=",      "unix_socket_directories=" + folder_->path(),
      "shared_buffers=4MB",     "max_connections=20",
      "max_wal_size=4MB",       "min_wal_size=2MB",
      "checkpoint_timeout=30",  "checkpoint_completion_target=0",
      "autovacuum_naptime=1",   "log_min_messages=warning",
      "wal_writer_delay=100ms", "dynamic_shared_memory_type=mmap"};
  all.insert(all.end(), settings_.begin(), settings_.end());
  for (const std::string& setting : all) {
    arguments.emplace_back("-c");
    arguments.push_back(setting);
  }
  std::error_code none;
  fs::remove(DataDir() + "/postmaster.pid", none);
  server_ = Run(arguments, true);
  return Answers();
}

bool PowerServer::Answers() {
  const absl::Time give_up = absl::Now() + kPatience;
  while (absl::Now() < give_up) {
    if (waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = -1;
      return false;
    }
    const auto wire = postgres::Wire::Connect({Connection("postgres", "postgres"), "", kPatience});
    if (wire.ok()) return true;
    absl::SleepFor(absl::Milliseconds(10));
  }
  FAIL("the server does not answer: " << log());
  return false;
}

// What a server that was killed leaves outside of its folder: the next one would find it by a file
// that is gone as well.
void PowerServer::ForgetSharedMemory() const {
  std::ifstream file(DataDir() + "/postmaster.pid");
  std::string line;
  for (int n = 0; n < 7; ++n) std::getline(file, line);  // "key id"
  const size_t blank = line.find_last_of(' ');
  if (file.good() && blank != std::string::npos) {
    shmctl(std::atoi(line.c_str() + blank), IPC_RMID, nullptr);
  }
}

// Numbers of processes are given again.
bool PowerServer::IsOurs(pid_t process) const {
  std::error_code none;
  return fs::read_symlink(fmt::format("/proc/{}/cwd", process), none) == DataDir();
}

void PowerServer::AwaitEnd() {
  if (server_ <= 0) return;
  REQUIRE(happened());
  waitpid(server_, nullptr, 0);
  server_ = -1;
  // Its children are somebody else's by now.
  const absl::Time give_up = absl::Now() + kPatience;
  const int processes = std::min(shared_->processes.load(), PowerShared::kProcessesMax);
  for (int i = 0; i < processes; ++i) {
    while (shared_->pids[i] != 0 && kill(shared_->pids[i], 0) == 0 && absl::Now() < give_up) {
      const std::string state = ReadWhole(fmt::format("/proc/{}/stat", shared_->pids[i].load()));
      const size_t at = state.rfind(") ");
      if (at == std::string::npos || state[at + 2] == 'Z' || !IsOurs(shared_->pids[i])) break;
      kill(shared_->pids[i], SIGKILL);  // began while the others were killed
      absl::SleepFor(absl::Milliseconds(1));
    }
  }
  ForgetSharedMemory();
}

void PowerServer::Stop() {
  if (server_ <= 0) return;
  kill(server_, SIGINT);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PowerServer::WriteRemains(std::mt19937_64& random) {
  const std::string remains = *folder_ / "remains";
  fs::remove_all(remains);
  REQUIRE(mkdir(remains.c_str(), 0700) == 0);
  REQUIRE(chown(remains.c_str(), user_, group_) == 0);
  std::vector<std::string> names;
  for (const auto& file : fs::recursive_directory_iterator(DataDir())) {
    names.push_back(file.path().string().substr(DataDir().size()));
  }
  std::sort(names.begin(), names.end());  // folders before what is in them
  for (const std::string& name : names) {
    const std::string from = DataDir() + name;
    const std::string to = remains + name;
    struct stat info {};
    if (stat(from.c_str(), &info) != 0 || name == "/postmaster.pid") continue;
    if (S_ISDIR(info.st_mode)) {
      REQUIRE(mkdir(to.c_str(), 0700) == 0);
    } else {
      const std::string kept = fmt::format("{}/synced/{}", folder_->path(), info.st_ino);
      const auto base = base_.find(info.st_ino);
      std::string synced;
      if (access(kept.c_str(), F_OK) == 0) {
        synced = ReadWhole(kept);
      } else if (base != base_.end()) {
        synced = ReadWhole(base->second);
      }
      std::ofstream(to, std::ios::binary) << Image(ReadWhole(from), synced, random);
      REQUIRE(chmod(to.c_str(), 0600) == 0);
    }
    REQUIRE(chown(to.c_str(), user_, group_) == 0);
  }
  fs::remove_all(DataDir());
  fs::rename(remains, DataDir());
  TakeBase();
}

}  // namespace skyden::store::testing
