#!/bin/sh
# Make (or complete) a virtual environment with this project installed in it, editable.
# Usage: tools/venv.sh PYTHON VENV WHAT      for example: tools/venv.sh python3 .venv ".[test]"
set -eu
python=$1 venv=$2 what=$3

fail() {
    { echo; printf '%s\n' "$@"; } >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# An old python3 often has a newer sister. Another PYTHON was chosen by somebody: it is taken as it is.
choose_python() {
    for candidate in "$python" python3.14 python3.13 python3.12 python3.11; do
        if new_enough "$candidate"; then
            python=$candidate
            return
        fi
        [ "$python" = python3 ] || break
    done
    found=$("$python" --version 2>&1) || found="no $python"
    fail "Binglian needs Python 3.11 or newer; this machine offers: $found." \
        "Install a newer one, or name it: make PYTHON=/path/to/python3.12 ..." \
        "需要 Python 3.11 或更高版本；可用 make PYTHON=/路径/python3.12 … 指定。"
}

make_venv() {
    choose_python
    echo "Making $venv with $("$python" --version)"
    if ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        fail "The virtual environment could not be made (see above)." \
            "On Debian and Ubuntu the module is a package of its own: apt install python3-venv" \
            "未能创建虚拟环境；Debian、Ubuntu 请先安装 python3-venv。"
    fi
}

new_enough "$venv/bin/python" || make_venv
echo "Installing $what into $venv (again only when setup.cfg or pyproject.toml changes)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$what" ||
    fail "pip could not install what the project needs (see above): is the package index reachable?" \
        "pip 安装依赖失败（见上）：请检查网络或软件包源。"
