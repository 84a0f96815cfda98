// SPDX-License-Identifier: Apache-2.0
#include "tests/end_to_end/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <deque>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/time/clock.h"
#include "tests/temp_dir.h"

namespace skyden::end_to_end {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(5);

std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& added) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.rfind("SKYDEN_", 0) != 0) result.push_back(text);
  }
  for (const auto& [name, value] : added) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::string& output_file,
                 const std::map<std::string, std::string>& environment)
    : output_file_(output_file) {
  std::vector<std::string> argv = arguments;
  std::vector<std::string> envp = EnvironmentWith(environment);
  const std::string errors_file = output_file_ + ".errors";
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output_file_.c_str(), kFlags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors_file.c_str(), kFlags, 0600);
  const int failed = posix_spawnp(&pid_, argv[0].c_str(), &files, nullptr, Pointers(argv).data(),
                                  Pointers(envp).data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) ended_ = 127;
}

Process::~Process() {
  if (ended_.has_value()) return;
  Signal(SIGKILL);
  Wait(absl::InfiniteDuration());
}

void Process::Signal(int signal) const {
  if (!ended_.has_value()) kill(pid_, signal);
}

std::optional<int> Process::Wait(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (!ended_.has_value()) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    } else if (absl::Now() >= give_up) {
      return std::nullopt;
    } else {
      absl::SleepFor(kLook);
    }
  }
  return ended_;
}

std::string Process::output() const { return ReadFile(output_file_); }
std::string Process::errors() const { return ReadFile(output_file_ + ".errors"); }

bool Process::Writes(std::string (Process::*so_far)() const, const std::string& text) {
  const absl::Time give_up = absl::Now() + kPatience;
  while (true) {
    const bool last = !running() || absl::Now() >= give_up;
    if ((this->*so_far)().find(text) != std::string::npos) return true;
    if (last) return false;
    absl::SleepFor(kLook);
  }
}

Ran Run(const std::vector<std::string>& arguments,
        const std::map<std::string, std::string>& environment) {
  const TempDir dir;
  Process process(arguments, dir.path() + "/output", environment);
  const int exit_code = process.Wait().value_or(-1000);
  return {exit_code, process.output(), process.errors()};
}

std::vector<Ran> RunAll(const std::vector<std::vector<std::string>>& commands,
                        const std::map<std::string, std::string>& environment) {
  constexpr size_t kAtATime = 4;
  const TempDir dir;
  std::deque<std::unique_ptr<Process>> running;
  std::vector<Ran> ran;
  const auto finish_first = [&] {
    Process& first = *running.front();
    const int exit_code = first.Wait().value_or(-1000);
    ran.push_back({exit_code, first.output(), first.errors()});
    running.pop_front();
  };
  for (size_t i = 0; i < commands.size(); ++i) {
    if (running.size() == kAtATime) finish_first();
    running.push_back(std::make_unique<Process>(commands[i], dir / std::to_string(i), environment));
  }
  while (!running.empty()) finish_first();
  return ran;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace skyden::end_to_end
