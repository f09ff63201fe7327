// jinja_cases: reads template cases as JSON lines on standard input, writes one result line for
// each.
#include <iostream>
#include <string>

#include "jinja/case_runner.h"
#include "jinja/ops.h"

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  int status = 0;
  while (std::getline(std::cin, line)) {
    if (line.empty()) continue;
    auto spec = sluice::jinja::from_json(line);
    const sluice::jinja::Value* id = spec && spec->is_dict() ? spec->as_dict().find("id") : nullptr;
    if (id == nullptr || !id->is_string()) {
      std::cerr << "jinja_cases: a line is no case (a JSON object with an id): " << line << "\n";
      status = 2;
      continue;
    }
    std::cout << sluice::jinja::case_line(id->as_string(), sluice::jinja::run_case(*spec)) << "\n";
  }
  return status;
}
