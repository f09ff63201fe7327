#include "base/thread_name.h"

#include <utility>

namespace sluice {
namespace {

thread_local std::string current_name = "MainThread";

}  // namespace

void set_thread_name(std::string name) { current_name = std::move(name); }

const std::string& thread_name() { return current_name; }

}  // namespace sluice
