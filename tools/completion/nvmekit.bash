# SPDX-License-Identifier: Apache-2.0 OR MIT
# bash completion for nvmekit. It knows nothing of the commands: the tool itself says what could stand
# where the cursor is ("nvmekit complete"), so that it always fits the version installed.
# shellcheck shell=bash

# Words as the tool would get them: bash cuts COMP_WORDS at = and : as well.
_nvmekit_words()
{
	local line=${COMP_LINE:0:COMP_POINT} i word before
	words=() cur=
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		before=${line%%[![:space:]]*}
		line=${line#"$before"}
		((i == COMP_CWORD)) && word=$line
		line=${line#"$word"}
		if ((i == 0)) || [[ -n $before ]]; then
			words+=("$word")
		else
			words[-1]+=$word
		fi
	done
	cur=${words[-1]}
}

_nvmekit()
{
	local words cur tool line text kept='' breaks=${COMP_WORDBREAKS//[!=:]/} IFS=$' \t\n'

	COMPREPLY=()
	_nvmekit_words
	tool=${words[0]/#\~/$HOME}
	# Quotes are the shell's, not the word's.
	cur=${cur#[\"\']}
	words[-1]=$cur
	# bash replaces only what follows the last of its word breaks.
	[[ -n $breaks && $cur == *["$breaks"]* ]] && kept=${cur%"${cur##*["$breaks"]}"}

	while IFS= read -r line; do
		text=${line%%$'\t'*}
		case $text in
		:nospace) compopt -o nospace ;;
		:files) compopt -o filenames; _nvmekit_files -f ;;
		:dirs) compopt -o filenames; _nvmekit_files -d ;;
		*)
			text=${text#"$kept"}
			[[ $text == *' '* ]] && printf -v text %q "$text"
			COMPREPLY+=("$text") ;;
		esac
	done < <( (exec -a nvmekit "$tool" complete -- "$((${#words[@]} - 1))" "${words[@]}") 2>/dev/null)
}

_nvmekit_files()
{
	local name
	while IFS= read -r name; do
		COMPREPLY+=("$name")
	done < <(compgen "$1" -- "${cur#"$kept"}")
}

complete -F _nvmekit nvmekit
# Only an nvme that is this tool is completed by it.
if [[ $(readlink -f -- "$(type -P nvme)" 2>/dev/null) == */nvmekit ]]; then
	complete -F _nvmekit nvme
fi
