#!/bin/sh
# genimage runs this in each partition's folder ($IMAGEMOUNTPATH) before it is filled.
set -eu
case $1 in
BOOT)
	# A file system that only questions could mend is mended: there is nobody to answer them
	sed -i 's| *fsck\.repair=[^ ]*||; s|root=[^ ]*|root=LABEL=VEILLEUR-ROOT ro fsck.repair=yes|' \
		"$IMAGEMOUNTPATH/cmdline.txt"
	# The clock chip on the I2C pins, and the hardware watchdog
	printf '\n[all]\ndtparam=i2c_arm=on\ndtoverlay=i2c-rtc,ds3231\ndtparam=watchdog=on\n' \
		>>"$IMAGEMOUNTPATH/config.txt"
	;;
ROOT)
	echo 'LABEL=BOOT  /boot/firmware  vfat  ro,noatime,nofail  0 2' >>"$IMAGEMOUNTPATH/etc/fstab"
	;;
esac
