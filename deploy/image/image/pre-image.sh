#!/bin/sh
# rpi-image-gen runs this before it makes the image: the template's names become this build's values.
set -eu
genimage_input=$2
sed \
	-e "s|<IMAGE_NAME>|$IGconf_image_name|g" \
	-e "s|<IMAGE_SUFFIX>|$IGconf_image_suffix|g" \
	-e "s|<BOOT_SIZE>|$IGconf_image_boot_part_size|g" \
	-e "s|<ROOT_SIZE>|$IGconf_image_root_part_size|g" \
	-e "s|<DATA_SIZE>|$IGconf_image_data_part_size|g" \
	-e "s|<SETUP>|'$(readlink -e setup.sh)'|g" \
	genimage.cfg.in >"$genimage_input/genimage.cfg"
